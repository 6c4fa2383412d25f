# SPDX-License-Identifier: BSD-2-Clause
#
# kafc's build, by hand, for GNU make. `make help` lists the targets. Sources are found by wildcard;
# everything that is made goes to build/<variant>/.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/bash

VARIANT ?= plain
O := build/$(VARIANT)
V ?=
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-4s %s\n' $(1) $(2))
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
SECS ?= 60
T ?=
F ?=
B ?=
BROKERS ?=

# ---- configuration: make remakes config.mk when it must, and starts over ----

NOCONF := help clean distclean format format-check configure
ifneq ($(filter-out $(NOCONF),$(or $(MAKECMDGOALS),all)),)
include config.mk
endif

configure: configure.ac
	@scripts/install-deps build
	autoconf

config.mk: configure config.mk.in config.h.in
	@scripts/install-deps build
	@if [ -x config.status ]; then ./config.status -q --recheck && ./config.status -q; \
	else echo ./configure $(CONFIGURE_FLAGS); ./configure -q $(CONFIGURE_FLAGS); fi

# ---- flags ----

prefix      ?= /usr/local
exec_prefix ?= $(prefix)
bindir      ?= $(exec_prefix)/bin
libdir      ?= $(exec_prefix)/lib
includedir  ?= $(prefix)/include
INSTALL     ?= install

BASE_CPP := -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -Iinclude -Isrc -I.
# Sections of their own let a program, and libkafc.so, leave out the tables of messages that nobody names.
BASE_C   := -std=c11 -fno-common -fvisibility=hidden -fPIC -ffunction-sections -fdata-sections
ifeq ($(VARIANT),plain)
V_C  := $(CFLAGS) $(HARDEN) -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 $(WARN) $(WERROR)
V_LD := $(HARDEN_LD) $(PACK_LD)
else ifeq ($(VARIANT),asan)
V_C  := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all $(filter-out -Wnull-dereference,$(WARN))
V_LD := -fsanitize=address,undefined
else ifeq ($(VARIANT),tsan)
V_C  := -O1 -g -fno-omit-frame-pointer -fsanitize=thread $(filter-out -Wnull-dereference,$(WARN))
V_LD := -fsanitize=thread
else ifeq ($(VARIANT),cover)
V_C  := -O0 -g --coverage -fprofile-update=atomic $(filter-out -Wnull-dereference,$(WARN))
V_LD := --coverage
else ifeq ($(VARIANT),fuzz)
override CC := clang
override CXX := clang++
V_C  := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -Wall -Wextra
V_LD := -fsanitize=address,undefined
else
$(error unknown VARIANT '$(VARIANT)')
endif
COMPILE = $(CC) $(BASE_CPP) $(CPPFLAGS) $(BASE_C) $(V_C)
LINK    = $(CC) $(V_LD) $(LDFLAGS)
COMPILE_CXX = $(CXX) $(BASE_CPP) $(CPPFLAGS) -std=c++11 -fPIC $(CXXFLAGS) $(filter -fsanitize% --coverage,$(V_C)) -Wall -Wextra -Wpedantic $(WERROR)

# ---- what there is ----

LIB_SRC  := $(wildcard protocol/*.c protocol/api/*.c protocol/record/*.c protocol/blob/*.c src/*/*.c)
MOCK_SRC := $(wildcard mock/*.c mock/*/*.c)
TOOL_SRC := $(wildcard tools/kafc/*.c)
DEMO_SRC := $(wildcard tools/demo/*.c)
has_main = $(if $(1),$(shell grep -lE '^int main\b' $(1)))
ALL_T    := $(filter-out tests/interop/% tests/lint/%,$(wildcard tests/*.c tests/*/*.c tests/*/*/*.c))
TEST_SRC := $(filter $(addsuffix .c,$(addprefix %/,$(notdir $(basename $(wildcard tests/test_*.c tests/*/test_*.c tests/*/*/test_*.c))))),$(ALL_T))
TLIB_SRC := $(filter-out $(TEST_SRC),$(ALL_T))
# An example that needs a library of its own is left out where that is missing (scripts/install-deps examples).
UV_LIBS  := $(shell pkg-config --libs libuv 2>/dev/null)
EX_SRC   := $(filter-out $(if $(UV_LIBS),,examples/libuv.c),$(wildcard examples/*.c))
FUZZ_SRC := $(filter-out fuzz/driver.c,$(wildcard fuzz/*.c))
BENCH_ALL := $(wildcard bench/*.c)
BENCH_SRC := $(call has_main,$(BENCH_ALL))
BLIB_SRC := $(filter-out $(BENCH_SRC),$(BENCH_ALL))
HEADERS  := $(wildcard include/kafc/*.h)

obj = $(patsubst %.c,$(O)/%.o,$(1))
LIB_OBJ  := $(call obj,$(LIB_SRC))
MOCK_OBJ := $(call obj,$(MOCK_SRC))
TLIB_OBJ := $(call obj,$(TLIB_SRC))
BLIB_OBJ := $(call obj,$(BLIB_SRC))
EX_BIN    := $(patsubst %.c,$(O)/%,$(EX_SRC))
EX_BIN_CXX := $(patsubst %.cpp,$(O)/%,$(wildcard examples/*.cpp))
TEST_BIN  := $(patsubst %.c,$(O)/%,$(TEST_SRC))
FUZZ_BIN  := $(patsubst %.c,$(O)/%,$(FUZZ_SRC))
BENCH_BIN := $(patsubst %.c,$(O)/%,$(BENCH_SRC))
MOCK_LIB  := $(if $(MOCK_SRC),$(O)/libkafc_mock.a)
LIBS_A    := $(MOCK_LIB) $(O)/libkafc.a

# ---- building ----

.PHONY: all lib
lib: $(O)/libkafc.a $(MOCK_LIB) $(O)/libkafc.so.0
all: lib
ifneq ($(call has_main,$(DEMO_SRC)),)
all: $(O)/kafc-demo
endif
ifneq ($(call has_main,$(TOOL_SRC)),)
ifeq ($(HAVE_JANSSON),yes)
all: $(O)/kafc $(if $(filter plain,$(VARIANT)),build/kafc)
else
all:
	@echo "The kafc command is left out: jansson.h was not found (scripts/install-deps build; ./config.status --recheck)"
endif
endif

# Holds the flags; everything depends on it and it changes only when they do.
FLAGS_NOW := $(COMPILE) | $(COMPILE_CXX) | $(LINK) | $(KAFC_LIBS) | $(AR)
ifneq ($(shell cat $(O)/flags 2>/dev/null),$(FLAGS_NOW))
ifneq ($(filter-out $(NOCONF),$(or $(MAKECMDGOALS),all)),)
$(shell mkdir -p $(O) && printf '%s\n' '$(FLAGS_NOW)' > $(O)/flags)
endif
endif
$(O)/flags: ;

$(O)/%.o: %.c $(O)/flags config.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

$(O)/%.o: %.cpp $(O)/flags config.mk
	@mkdir -p $(@D)
	$(call say,CXX,$@)
	$(Q)$(COMPILE_CXX) -MMD -MP -c -o $@ $<

define archive
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,AR,$@)
	$(Q)$(AR) rcs $@ $(filter %.o,$^)
endef
$(O)/libkafc.a: $(LIB_OBJ)
	$(archive)
$(O)/libkafc_mock.a: $(MOCK_OBJ)
	$(archive)
# The command without its main(), for tests and fuzz targets; needs jansson.
$(O)/libtool.a: $(filter-out %/main.o,$(call obj,$(TOOL_SRC)))
	$(archive)
$(O)/libtests.a: $(TLIB_OBJ)
	$(archive)
$(O)/libbench.a: $(BLIB_OBJ)
	$(archive)

$(O)/libkafc.so.0: $(LIB_OBJ)
	$(call say,LD,$@)
	$(Q)$(LINK) -shared -Wl,-soname,libkafc.so.0 -Wl,-z,nodelete -Wl,--gc-sections -o $@ $(LIB_OBJ) $(KAFC_LIBS)
	@ln -sf libkafc.so.0 $(O)/libkafc.so

$(O)/kafc: $(O)/tools/kafc/main.o $(O)/libtool.a $(LIBS_A)
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $^ -ljansson $(KAFC_LIBS)
$(O)/kafc-demo: $(call obj,$(DEMO_SRC)) $(LIBS_A)
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $^ $(KAFC_LIBS) -lm
build/kafc: $(O)/kafc
	@ln -sfn plain/kafc $@

$(EX_BIN): $(O)/%: $(O)/%.o $(LIBS_A)
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $^ $(if $(filter %/libuv,$@),$(UV_LIBS)) $(KAFC_LIBS)
$(EX_BIN_CXX): $(O)/%: $(O)/%.o $(LIBS_A)
	$(call say,LD,$@)
	$(Q)$(CXX) $(V_LD) $(LDFLAGS) -o $@ $^ $(KAFC_LIBS)
# Wrapped by tests/support/driven.c, and what one test alone wraps.
WRAP_test_reader_fd := ,--wrap=kafc__wake_drain
$(TEST_BIN): $(O)/%: $(O)/%.o $(O)/libtests.a $(O)/libtool.a $(LIBS_A)
	$(call say,LD,$@)
	$(Q)$(LINK) -Wl,--wrap=kafc_client_open,--wrap=kafc_client_free$(WRAP_$(@F)) -o $@ $^ $(CHECK_LIBS) -ljansson $(KAFC_LIBS)
$(BENCH_BIN): $(O)/%: $(O)/%.o $(O)/libbench.a $(O)/libtests.a $(O)/libtool.a $(LIBS_A)
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $^ $(KAFC_LIBS) -lm $(if $(shell grep -l 'librdkafka/' $*.c),-lrdkafka)
ifeq ($(VARIANT),fuzz)
$(FUZZ_BIN): $(O)/%: $(O)/%.o $(O)/libtool.a $(LIBS_A)
	$(call say,LD,$@)
	$(Q)$(LINK) -fsanitize=fuzzer -o $@ $^ -ljansson $(KAFC_LIBS)
else
$(FUZZ_BIN): $(O)/%: $(O)/%.o $(O)/fuzz/driver.o $(O)/libtool.a $(LIBS_A)
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $^ -ljansson $(KAFC_LIBS)
endif

.SECONDARY:
-include $(shell find $(O) -name '*.d' 2>/dev/null)

# ---- tests ----

# Sanitizers and valgrind watch one process, so no fork there; a time limit in seconds per test binary.
check-env-asan := CK_FORK=$${CK_FORK:-no} ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:$$ASAN_OPTIONS UBSAN_OPTIONS=print_stacktrace=1:$$UBSAN_OPTIONS TEST_TIMEOUT=$${TEST_TIMEOUT:-300}
check-env-tsan := CK_FORK=$${CK_FORK:-no} TSAN_OPTIONS=second_deadlock_stack=1:history_size=4:$$TSAN_OPTIONS TEST_TIMEOUT=$${TEST_TIMEOUT:-300}
CHECK_ENV = $(check-env-$(VARIANT)) BUILD=$(O)

# These a second time, on clients without a thread (tests/support/driven.c).
DRIVEN := $(addsuffix @calls,test_claims test_group_calls test_hooks test_raw test_reader test_reader_commit test_transaction_errors test_transform test_writer test_writer_rules) \
    $(addsuffix @beside,test_claims_threads test_commit_races test_reader_fd test_reader_group test_stats test_transactions test_writer_reports)

TEST_SEL = $(if $(T),$(filter $(addprefix %/,$(T)),$(TEST_BIN)),$(TEST_BIN))

.PHONY: check tests examples headers fuzz-regress
ifeq ($(HAVE_CHECK),no)
check:
	scripts/install-deps build
	./config.status -q --recheck && ./config.status -q
	$(MAKE) check
else
check: $(if $(T),,$(FUZZ_BIN) $(EX_BIN) $(EX_BIN_CXX) headers all) $(TEST_SEL)
	@$(if $(T),$(if $(TEST_SEL),,echo "no test called $(T)"; exit 1;)) \
	$(CHECK_ENV) tests/run -j $(JOBS) $(TEST_SEL) \
	$(addprefix $(O)/tests/client/,$(if $(T),$(filter $(addsuffix @%,$(T)),$(DRIVEN)),$(DRIVEN))) $(if $(T),,$(FUZZ_BIN))
endif

tests: $(TEST_BIN)
examples: $(EX_BIN) $(EX_BIN_CXX)
ifeq ($(HAVE_JANSSON),yes)
$(addprefix $(O)/tests/tools/,test_tool test_codec_tool test_perf test_consume test_groups_tool test_topics_tool \
    test_configs_tool test_cluster_tool test_acls_tool test_cpp test_loops test_trace): \
    | $(O)/kafc
$(O)/tests/tools/test_cpp: | $(O)/examples/cpp
$(O)/tests/tools/test_loops: | $(filter %/epoll %/libuv,$(EX_BIN))
$(O)/tests/tools/test_trace: | $(O)/examples/trace
endif

# Every public header alone, in every C and C++ that users may have, under pedantic flags.
headers: $(O)/headers.ok
$(O)/headers.ok: tests/headers $(HEADERS) $(O)/flags
	@mkdir -p $(@D)
	@tests/headers "$(CC)" "$(CXX)"
	@touch $@

fuzz-regress: $(FUZZ_BIN)
	@$(CHECK_ENV) tests/run -j $(JOBS) $(FUZZ_BIN)

.PHONY: asan ubsan sanitize tsan valgrind cover oom sim soak interop fuzz bench demo
# One variant holds both sanitizers, so `make asan ubsan` runs once.
asan ubsan: sanitize
sanitize:
	$(MAKE) VARIANT=asan check
tsan:
	$(MAKE) VARIANT=tsan check

valgrind: $(TEST_SEL)
	@scripts/install-deps valgrind
	@CK_FORK=no BUILD=$(O) KAFC_VALGRIND=1 TEST_TIMEOUT=$${TEST_TIMEOUT:-1200} \
	tests/run -j $(JOBS) -w "valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,indirect" $(TEST_SEL)

cover:
	@find build/cover -name '*.gcda' -delete 2>/dev/null || true
	CK_FORK=no $(MAKE) VARIANT=cover check
	@scripts/coverage build/cover

sim: $(filter $(O)/tests/sim/%,$(TEST_BIN))
	@$(if $^,$(if $(RUNS),KAFC_SIM_RUNS=$(RUNS) $(if $(SEED),KAFC_SIM_SEED=$(SEED)),$(if $(SEED),SIM_SEED=$(SEED))) TEST_TIMEOUT=$${TEST_TIMEOUT:-3600} tests/run -j $(JOBS) -v $^,echo "no tests/sim here")
oom: $(filter $(O)/tests/oom/%,$(TEST_BIN))
	@$(if $^,TEST_TIMEOUT=$${TEST_TIMEOUT:-1200} tests/run -j $(JOBS) -v $^,echo "no tests/oom here")
soak:
	$(MAKE) sim RUNS=$(or $(RUNS),10000)
	$(MAKE) fuzz SECS=$(or $(SOAK_SECS),1800)

interop: all
	@scripts/install-deps interop
	tests/interop/run

fuzz:
	@scripts/install-deps build clang
	$(MAKE) VARIANT=fuzz fuzz-bins
	@fuzz/run "$(SECS)" $(if $(F),build/fuzz/fuzz/$(F),$(patsubst %.c,build/fuzz/%,$(FUZZ_SRC)))
.PHONY: fuzz-bins
fuzz-bins: $(if $(F),$(O)/fuzz/$(F),$(FUZZ_BIN))

bench: bench-deps
	$(MAKE) bench-bins
	@bench/run $(O) $(B)
.PHONY: bench-bins bench-deps
bench-deps:
	@scripts/install-deps build bench
bench-bins: $(BENCH_BIN) all

demo: $(O)/kafc-demo
	@$(O)/kafc-demo $(if $(BROKERS),-b "$(BROKERS)")

# ---- documents: those made from tables, and HTML of all ----

.PHONY: docs
docs: $(addprefix $(O)/tests/,client/test_options core/test_states protocol/test_document)
	@scripts/install-deps docs
	for t in $^; do KAFC_WRITE_DOCS=1 $$t > /dev/null || exit 1; done
	scripts/html build/docs/html

# One input for each message and version, from the vectors: after a change of the tables.
.PHONY: seeds
seeds: $(O)/tests/protocol/test_seeds
	KAFC_WRITE_SEEDS=1 $< > /dev/null

# ---- looking at the source ----

.PHONY: lint tidy format format-check
lint: lib
	@scripts/install-deps lint docs
	@tests/lint/run $(O)
tidy:
	@scripts/install-deps clang tidy
	clang-tidy --quiet $(if $(T),$(T),$(LIB_SRC) $(MOCK_SRC) $(TOOL_SRC)) -- $(BASE_CPP) -std=c11
FORMAT_SRC = $(shell git ls-files '*.c' '*.h')
format:
	@scripts/install-deps format
	clang-format -i $(FORMAT_SRC)
format-check:
	@scripts/install-deps format
	clang-format --dry-run -Werror $(FORMAT_SRC)

# ---- putting it in place ----

.PHONY: install install-check uninstall clean distclean help
D = $(DESTDIR)
# The codec, for researchers: its headers and those of src/base that they stand on, below kafc/protocol.
CODEC_HEADERS = $(filter-out protocol/walk.h,$(wildcard protocol/*.h protocol/api/*.h protocol/blob/*.h protocol/record/*.h))
CODEC_BASE    = $(addprefix src/base/,arena.h attr.h base64.h rand.h frame.h seg.h budget.h sync.h)
CODEC_SED     = sed -e 's|^\# *include "protocol/\(.*\)"|\#include <kafc/protocol/\1>|' -e 's|^\# *include "base/\(.*\)"|\#include <kafc/protocol/base/\1>|'
fill = scripts/fill $(1) '$(prefix)' '$(libdir)' '$(includedir)' '$(strip $(filter -L%,$(LDFLAGS)) $(KAFC_LIBS))'
install: all
	$(INSTALL) -d "$(D)$(bindir)" "$(D)$(libdir)"/{pkgconfig,cmake/kafc} "$(D)$(includedir)"/kafc/protocol/{api,blob,record,base}
	$(INSTALL) -m 644 $(LIBS_A) "$(D)$(libdir)"
	$(INSTALL) -m 755 $(O)/libkafc.so.0 "$(D)$(libdir)"
	ln -sf libkafc.so.0 "$(D)$(libdir)/libkafc.so"
	$(INSTALL) -m 644 $(HEADERS) "$(D)$(includedir)/kafc"
	for h in $(CODEC_HEADERS) $(CODEC_BASE); do \
	  to="$(D)$(includedir)/kafc/protocol/$${h#src/}"; to=$${to/protocol\/protocol/protocol}; \
	  $(CODEC_SED) $$h > "$$to" && chmod 644 "$$to" || exit 1; \
	done
	for f in pkgconfig/kafc.pc pkgconfig/kafc_mock.pc cmake/kafc/kafcConfig.cmake cmake/kafc/kafcConfigVersion.cmake; do \
	  $(call fill,$${f##*/}.in) > "$(D)$(libdir)/$$f" || exit 1; \
	done
	if [ -x $(O)/kafc ]; then $(INSTALL) -m 755 $(O)/kafc "$(D)$(bindir)"; fi
	if [ -z "$(D)" ]; then ldconfig 2> /dev/null || PATH=$$PATH:/sbin ldconfig 2> /dev/null || :; fi
# What was installed serves programs outside of the tree; staged, and moved, both below names with spaces.
INST = $(abspath $(O))/inst
install-check:
	@scripts/install-deps build cmake
	@rm -rf "$(INST)"
	@$(MAKE) -s install DESTDIR="$(INST)/staged here" prefix=/usr > /dev/null
	@tests/install "$(INST)/staged here/usr" "$(INST)/staged here/usr/lib" "$(CC)" "$(CXX)"
	@$(MAKE) -s install prefix="$(INST)/a b" libdir="$(INST)/a b/lib/tuple" > /dev/null
	@mv "$(INST)/a b" "$(INST)/moved there"
	@tests/install "$(INST)/moved there" "$(INST)/moved there/lib/tuple" "$(CC)" "$(CXX)"
uninstall:
	rm -f "$(D)$(bindir)/kafc" "$(D)$(libdir)"/libkafc.{a,so,so.0} "$(D)$(libdir)/libkafc_mock.a" "$(D)$(libdir)/pkgconfig"/kafc{,_mock}.pc
	rm -rf "$(D)$(includedir)/kafc" "$(D)$(libdir)/cmake/kafc"

clean:
	rm -rf build
distclean: clean
	rm -rf configure config.mk config.h config.log config.status autom4te.cache

help:
	@sed -n 's/^#? //p' Makefile

#? make                build the libraries and the kafc command into build/plain
#? make check          build and run the tests (T=test_name for one; CK_RUN_CASE=… for a case; V=1 shows commands)
#? make examples       build what is in examples/ into build/plain/examples
#? make demo           write and read a million messages (BROKERS=host:9092 for a real cluster)
#? make interop        the tests that need real Kafka brokers (fetches Kafka by Maven)
#? make asan, ubsan    the tests with address and undefined-behaviour sanitizers (one build)
#? make tsan           the tests with the thread sanitizer
#? make valgrind       the tests under memcheck (T=test_name for one)
#? make sim            the cluster simulation (SEED=n one seed, RUNS=n so many, both: from there)
#? make oom            the scenarios with each allocation failing in turn
#? make fuzz           libFuzzer over all targets (F=name SECS=60, shared by all)
#? make fuzz-regress   replay fuzz seeds and regressions with the plain compiler
#? make seeds          fuzz/seeds/fuzz_decode and fuzz_link from the vectors
#? make soak           what takes long: many simulations, long fuzzing
#? make docs           docs/OPTIONS.md, STATES.md and PROTOCOL.md from their tables; all as HTML: build/docs/html/
#? make bench          CPU per message, throughput, memory, latency, beside the floor and librdkafka (B=NAME; bench/run)
#? make cover          line coverage by directory
#? make lint           layers, sizes, house rules, exported symbols
#? make tidy           clang-tidy (T=file for one)
#? make format         clang-format in place
#? make format-check   clang-format, complaining only
#? make headers        compile the public headers in C11 to C++20, with gcc and clang
#? make install        into prefix, under DESTDIR
#? make install-check  install below build/, and build programs against that by pkg-config and CMake
#? make uninstall      remove what install put there
#? make clean          remove build/
#? make distclean      and what configure made
#? make help           this list
