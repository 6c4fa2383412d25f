/* SPDX-License-Identifier: BSD-2-Clause
 *
 * main() for fuzz targets without libFuzzer: runs the target over files and
 * directories given, or over fuzz/seeds/<target> and fuzz/regress/<target>,
 * so that `make check` replays what fuzzing once found with any compiler.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz/fuzz.h"

static int nruns;

static void run_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        exit(1);
    }
    size_t size = 0, cap = 4096, got;
    uint8_t *data = malloc(cap);
    while (data && (got = fread(data + size, 1, cap - size, f)) > 0) {
        size += got;
        if (size == cap)
            data = realloc(data, cap *= 2);
    }
    fclose(f);
    /* an exact allocation, so that sanitizers see a read past the end */
    uint8_t *exact = malloc(size ? size : 1);
    if (!data || !exact)
        exit(1);
    memcpy(exact, data, size);
    free(data);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    nruns++;
}

static void run_path(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return;
    if (!S_ISDIR(st.st_mode)) {
        run_file(path);
        return;
    }
    DIR *d = opendir(path);
    struct dirent *e;
    while (d && (e = readdir(d))) {
        char sub[1024];
        if (e->d_name[0] == '.')
            continue;
        snprintf(sub, sizeof sub, "%s/%s", path, e->d_name);
        run_path(sub);
    }
    if (d)
        closedir(d);
}

int main(int argc, char **argv)
{
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    nruns++;
    for (int i = 1; i < argc; i++)
        run_path(argv[i]);
    if (argc == 1) {
        const char *slash = strrchr(argv[0], '/');
        const char *name = slash ? slash + 1 : argv[0];
        char dir[512];
        snprintf(dir, sizeof dir, "fuzz/seeds/%s", name);
        run_path(dir);
        snprintf(dir, sizeof dir, "fuzz/regress/%s", name);
        run_path(dir);
    }
    /* the line that tests/run sums */
    printf("100%%: Checks: %d, Failures: 0, Errors: 0\n", nruns);
    return 0;
}
