/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the two Java peers share, of no Kafka version: one process for all the cases of a cluster, told what to do
 * by lines on standard input, answering each with "ok" or "error ..."; and how records are written as text.
 * tests/interop/lib.sh starts a peer and tests/interop/README.md lists the commands.
 */
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.concurrent.ExecutionException;

final class Lines
{
    interface Peer
    {
        void obey(String[] words) throws Exception;
    }

    private Lines() { }

    static void serve(Peer peer) throws IOException
    {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            // The first word numbers the command and its answer: an answer may come too late to be heard.
            String[] words = line.trim().split(" +", 2);
            String answer;
            try {
                peer.obey(words[1].split(" +"));
                answer = "ok";
            } catch (Exception e) {
                Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
                answer = "error " + String.valueOf(cause).replace('\n', ' ');
            }
            System.out.println(words[0] + " " + answer);
            System.out.flush();
        }
        System.exit(0); // whatever a producer in an unfinished transaction thinks of it
    }

    /* the words from the given one on, each name=value */
    static Properties properties(String[] words, int from)
    {
        Properties properties = new Properties();
        for (int i = from; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            properties.put(words[i].substring(0, equals), words[i].substring(equals + 1));
        }
        return properties;
    }

    /* \N alone is null, \xHH a byte */
    static byte[] bytes(String text)
    {
        if (text.equals("\\N")) {
            return null;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("\\x", i)) {
                out.write(Integer.parseInt(text.substring(i + 2, i + 4), 16));
                i += 3;
            } else {
                out.write(text.charAt(i));
            }
        }
        return out.toByteArray();
    }

    static void sized(OutputStream out, byte[] field) throws IOException
    {
        text(out, "\t" + (field == null ? -1 : field.length) + "\t");
        out.write(field == null ? new byte[0] : field);
    }

    static void text(OutputStream out, String text) throws IOException
    {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
