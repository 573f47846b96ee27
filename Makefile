# Quarry: build, run and check.  `make help` lists the targets.

# Where things go; override on the command line.
PREFIX  ?= /usr/local
DESTDIR ?=
B       ?= build
ifeq ($(origin CC),default)   # make presets CC=cc
CC := gcc
endif

# Modules in dependency order: each may use only those before it (tests/base/test_order.sh).
MODULES ?= base tech circuit number pe network memory accel explore plan evaluate store plot validate cli

PACKAGES      := gcc make pkg-config libgsl-dev libsqlite3-dev libyaml-dev libmd-dev zlib1g-dev gnuplot-nox
TEST_PACKAGES := iverilog verilator yosys qflow-tech-osu018 sqlite3 perl

# C17; the warnings are those the code is kept clean under; no contraction, so results agree between machines.
OPT      ?= -O2 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -Wstrict-prototypes -Wmissing-prototypes -Wvla
SANITIZE ?=
ASSERTS  ?= 1   # preconditions are checked; `make install` and `make bench` build without, in $(B)-release, by ASSERTS=0
PC       := $(shell pkg-config --exists gsl sqlite3 yaml-0.1 libmd zlib 2>/dev/null && echo gsl sqlite3 yaml-0.1 libmd zlib)
CPPFLAGS += -D_GNU_SOURCE $(if $(filter 0,$(ASSERTS)),-DNDEBUG) -Iinclude $(shell pkg-config --cflags $(PC) 2>/dev/null)
CFLAGS   += -std=c17 $(OPT) $(WARNINGS) -ffp-contract=off -fno-math-errno -pthread $(SANITIZE)
LDFLAGS  += -pthread $(SANITIZE)
LDLIBS   += $(shell pkg-config --libs $(PC) 2>/dev/null) -lm

LIB_SRC  := $(foreach m,$(filter-out cli,$(MODULES)),$(wildcard src/$(m)/*.c))
CLI_SRC  := $(if $(filter cli,$(MODULES)),$(wildcard src/cli/*.c))
TEST_SRC := $(foreach m,$(MODULES),$(wildcard tests/$(m)/test_*.c))
LIB      := $(B)/libquarry.a
PROGRAM  := $(B)/quarry
TESTS    := $(TEST_SRC:tests/%.c=$(B)/tests/%)
BENCHES  := $(patsubst tests/bench/%.c,$(B)/bench/%,$(wildcard tests/bench/*.c))

all: $(PROGRAM)

run: deps                       ## install what is missing, build, run the main experiment
	@$(MAKE) --no-print-directory all
	$(PROGRAM) run experiments/rdm_vs_sdm.yaml

deps:                           ## install missing Debian packages
	@tests/deps.sh $(PACKAGES)

check: deps                     ## build and run every test; last line: N passed, N failed
	@tests/deps.sh $(PACKAGES) $(TEST_PACKAGES)
	@$(MAKE) --no-print-directory -j$$(nproc) all tests
	@tests/run.sh $(B)

tests: $(TESTS)

check-%: $(LIB)                 ## tests of one module: make check-circuit
	@$(MAKE) --no-print-directory $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/$*/test_*.c))
	@tests/run.sh $(B) $*

check-slow: all                 ## longer proofs: elements through synthesis, traffic against simulation
	@tests/deps.sh $(TEST_PACKAGES)
	@for t in tests/slow/*.sh; do BUILD=$(B) bash $$t || exit 1; done

check-asan:                     ## the tests under address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory check B=$(B)-asan OPT='-O1 -g' \
	  SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer'

bench:                          ## print medians and ratios; never decides a test
	@$(MAKE) --no-print-directory benches B=$(B)-release ASSERTS=0

benches: all $(BENCHES)
	@for b in $(sort $(BENCHES)); do $$b || exit 1; done

lint:                           ## clang-tidy and cppcheck
	@for f in $(LIB_SRC) $(CLI_SRC); do clang-tidy --quiet $$f -- $(CPPFLAGS) -std=c17 2>/dev/null || exit 1; done
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 -Iinclude src

format:                         ## clang-format in place
	clang-format -i $(wildcard include/quarry/*.h src/*/*.[ch] tests/*.h tests/*/*.[ch])

install:                        ## PREFIX=/usr/local, DESTDIR honoured
	@$(MAKE) --no-print-directory install-release B=$(B)-release ASSERTS=0

install-release: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib $(DESTDIR)$(PREFIX)/include/quarry $(DESTDIR)$(PREFIX)/share/quarry
	install -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(LIB) $(DESTDIR)$(PREFIX)/lib
	install -m 644 include/quarry/*.h include/quarry/*.def $(DESTDIR)$(PREFIX)/include/quarry
	cp -R db experiments $(DESTDIR)$(PREFIX)/share/quarry

uninstall:
	rm -rf $(DESTDIR)$(PREFIX)/bin/quarry $(DESTDIR)$(PREFIX)/lib/libquarry.a $(DESTDIR)$(PREFIX)/include/quarry $(DESTDIR)$(PREFIX)/share/quarry

clean:                          ## remove what was built
	rm -rf $(B) $(B)-asan $(B)-release

help:                           ## this list
	@sed -n 's/^\([a-z%-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 14

$(PROGRAM): $(CLI_SRC:%.c=$(B)/%.o) $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(LIB): $(LIB_SRC:%.c=$(B)/%.o) $(if $(filter store,$(MODULES)),$(B)/src/store/schema_text.o)
	@rm -f $@
	ar rcs $@ $^

$(B)/src/store/schema_text.c: db/schema.sql src/store/schema_text.sh
	@mkdir -p $(@D)
	sh src/store/schema_text.sh <$< >$@

$(B)/src/store/schema_text.o: $(B)/src/store/schema_text.c
	$(CC) $(CPPFLAGS) -Isrc/store $(CFLAGS) -c -o $@ $<

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/tests/%: tests/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests $(CFLAGS) -MMD -MP -MF $@.d $(LDFLAGS) -o $@ $< $(LIB) $(LDLIBS)

$(B)/bench/%: tests/bench/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests $(CFLAGS) -MMD -MP -MF $@.d $(LDFLAGS) -o $@ $< $(LIB) $(LDLIBS)

-include $(shell find $(B) -name '*.d' 2>/dev/null)

.PHONY: all run deps check check-slow tests check-asan bench benches lint format install install-release uninstall clean help
