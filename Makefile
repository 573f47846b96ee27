# Quarry: build, run and check.  `make help` lists the targets.

# Where things go; override on the command line.
PREFIX  ?= /usr/local
LIBDIR  ?= $(PREFIX)/lib
DESTDIR ?=
MPI     ?=      # 1: ranks of mpirun share one run (libopenmpi-dev, openmpi-bin), built in build-mpi
B       ?= build$(if $(filter 1,$(MPI)),-mpi)
ifeq ($(origin CC),default)   # make presets CC=cc
CC := gcc
endif

# Modules in dependency order: each may use only those before it (tests/base/test_order.sh).
MODULES ?= base tech circuit number pe network memory accel explore plan evaluate store plot validate report cli

PACKAGES      := gcc make pkg-config libgsl-dev libsqlite3-dev libyaml-dev nettle-dev zlib1g-dev gnuplot-nox \
                 libfontconfig-dev libprotobuf-c-dev protobuf-c-compiler libonnx-dev
DEB_PACKAGES  := dpkg-dev binutils lintian
TEST_PACKAGES := iverilog verilator yosys qflow-tech-osu018 sqlite3 perl python3-onnx libonnx-testdata

ONNX_PROTO    ?= /usr/include/onnx/onnx.proto

comma := ,
# C17; the warnings are those the code is kept clean under; no contraction, so results agree between machines.
OPT      ?= -O2 -g1   # lines for traces: all of -g takes a third longer
QUICK    := tech network plan plot validate report cli   # readers and printers: half the time to compile
TEST_OPT := $(if $(filter -O2,$(OPT)),-Og -g0)   # what a test itself computes is little
TEST_LD  := $(if $(shell command -v ld.gold),-fuse-ld=gold)   # half the time of the other linker
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -Wstrict-prototypes -Wmissing-prototypes -Wvla
SANITIZE ?=
ASSERTS  ?= 1   # preconditions are checked; `make install` and `make bench` build without, in $(B)-release, by ASSERTS=0
RELEASE  := $(filter 0,$(ASSERTS))
REQUIRES := gsl sqlite3 yaml-0.1 nettle zlib libprotobuf-c
PC       := $(shell pkg-config --exists $(REQUIRES) 2>/dev/null && echo $(REQUIRES))
CPPFLAGS += -D_GNU_SOURCE $(if $(RELEASE),-DNDEBUG -D_FORTIFY_SOURCE=2) -Iinclude -isystem $(B)/src/network $(shell pkg-config --cflags $(PC) 2>/dev/null)
CFLAGS   += -std=c17 $(OPT) $(WARNINGS) -ffp-contract=off -fno-math-errno -pthread -fPIC -fno-semantic-interposition \
            $(if $(RELEASE),-fstack-protector-strong -ffile-prefix-map=$(CURDIR)=.) $(SANITIZE)
ifeq ($(strip $(MPI)),1)
CPPFLAGS += -DQUARRY_MPI $(patsubst -I%,-isystem %,$(shell pkg-config --cflags ompi-c))
LDLIBS   += $(shell pkg-config --libs ompi-c)
endif
LDFLAGS  += -pthread $(if $(RELEASE),-Wl$(comma)-z$(comma)relro$(comma)-z$(comma)now) $(SANITIZE)
LDLIBS   += $(shell pkg-config --libs $(PC) 2>/dev/null) -lm

LIB_SRC  := $(foreach m,$(filter-out cli,$(MODULES)),$(wildcard src/$(m)/*.c))
CLI_SRC  := $(if $(filter cli,$(MODULES)),$(wildcard src/cli/*.c))
TEST_SRC := $(foreach m,$(MODULES),$(wildcard tests/$(m)/test_*.c))
VERSION  := $(shell sed -n 's/^.define QY_VERSION "\(.*\)"/\1/p' include/quarry/version.h)
ABI      := $(shell sed -n 's/^.define QY_ABI_VERSION //p' include/quarry/version.h)
LIB      := $(B)/libquarry.a
SHARED   := $(B)/libquarry.so.$(ABI)
PROGRAM  := $(B)/quarry
TEST_LIB := $(B)/tests/libquarry.so   # with the names that the installed one hides
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

tests: $(TESTS) $(B)/fuzz/fuzz

check-%: $(LIB)                 ## tests of one module: make check-circuit
	@$(MAKE) --no-print-directory $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/$*/test_*.c)) \
	  $(if $(filter cli,$*),$(B)/fuzz/fuzz)
	@tests/run.sh $(B) $*

check-slow: all                 ## longer proofs: elements through synthesis, traffic against simulation
	@tests/deps.sh $(TEST_PACKAGES)
	@for t in tests/slow/*.sh; do BUILD=$(B) bash $$t || exit 1; done

# gcc knows less of ranges under a sanitizer, and warns.
GUESSED := -Wno-format-truncation -Wno-maybe-uninitialized

check-asan:                     ## the tests under address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory check B=$(B)-asan OPT='-O1 -g' \
	  SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer $(GUESSED)'

# Tests that ask for threads; a limit on addresses is none for the sanitizer.
THREADED = $(shell grep -lE 'pthread_|threads|-t [2-9]' tests/*/test_*.c tests/*/test_*.sh | xargs grep -LE 'ulimit.* -v')

check-tsan:                     ## tests of threads under the thread sanitizer
	@rm -f $(B)-tsan/race.*
	@$(MAKE) --no-print-directory -j$$(nproc) all $(patsubst %.c,$(B)-tsan/%,$(filter %.c,$(THREADED))) B=$(B)-tsan \
	  OPT='-O1 -g' SANITIZE='-fsanitize=thread $(GUESSED)'
	@TSAN_OPTIONS=log_path=$(abspath $(B)-tsan)/race tests/run.sh $(B)-tsan $(THREADED)
	@if cat $(B)-tsan/race.* 2>/dev/null; then exit 1; fi

# clang's own library where there is one; else the driver's mutator under gcc's sanitizers.
LIBFUZZER = $(wildcard $(shell clang -print-file-name=libclang_rt.fuzzer_no_main-$$(uname -m).a 2>/dev/null))
FUZZ_SANE := address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

fuzz:                           ## readers on damaged inputs: READER=network RUNS=N SECONDS=S SEED=K, all of them for 60 s
	@$(MAKE) --no-print-directory -j$$(nproc) $(B)-fuzz/fuzz/fuzz B=$(B)-fuzz OPT='-O1 -g' $(if $(LIBFUZZER),CC=clang \
	  FUZZ_WITH='$(LIBFUZZER) -lstdc++' SANITIZE='-fsanitize=fuzzer-no-link$(comma)$(FUZZ_SANE)', \
	  SANITIZE='-fsanitize=$(FUZZ_SANE)')
	@$(B)-fuzz/fuzz/fuzz $(or $(READER),all) runs=$(or $(RUNS),0) seconds=$(or $(SECONDS),$(if $(RUNS),0,60)) \
	  seed=$(or $(SEED),0)

coverage:                       ## lines and branches that the tests reach, by module; the files least reached
	@find $(B)-coverage -name '*.gcda' -delete 2>/dev/null; true
	@$(MAKE) --no-print-directory check B=$(B)-coverage OPT='-O0 -g' SANITIZE='--coverage -fprofile-update=atomic' || true
	@tests/coverage.py $(B)-coverage '$(MODULES)'

mutate:                         ## do a module's tests notice wrong code? MODULE=pe SEED=1 COUNT=40
	@tests/deps.sh $(TEST_PACKAGES)
	@$(MAKE) --no-print-directory -s all
	@tests/mutate.py $(MODULE) --seed $(or $(SEED),1) --count $(or $(COUNT),40) --build $(B) --cc '$(CC)' \
	  --cppflags '$(CPPFLAGS)' --cflags '$(CFLAGS)' --ldflags '$(LDFLAGS)' --ldlibs '$(LDLIBS)' $(MUTATE)

bench:                          ## one table; OLD=checkout: that beside; ONLY="pareto store": these
	@$(MAKE) --no-print-directory benches B=$(B)-release ASSERTS=0

benches: all $(BENCHES)
	@OLD='$(OLD)' ONLY='$(ONLY)' tests/bench/run.sh $(B)

# What cppcheck 2.10 takes for a fault: arrays filled in a loop or by a callee (gcc, clang-tidy and the sanitizers see
# what is not filled), and the bits of doubles, read through a type that may alias.
NOT_A_FAULT := uninitvar legacyUninitvar uninitStructMember invalidPointerCast

lint:                           ## clang-tidy and cppcheck
	@for f in $(LIB_SRC) $(CLI_SRC); do clang-tidy --quiet $$f -- $(CPPFLAGS) -std=c17 $(WARNINGS) 2>/dev/null || exit 1; done
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr $(NOT_A_FAULT:%=--suppress=%) --error-exitcode=1 -Iinclude src

format:                         ## clang-format in place
	clang-format -i $(wildcard include/quarry/*.h src/*/*.[ch] tests/*.h tests/*/*.[ch])

install:                        ## PREFIX=/usr/local; DESTDIR and LIBDIR honoured; the tree may be moved afterwards
	@$(MAKE) --no-print-directory install-files B=$(B)-release ASSERTS=0

# Where things go: uninstall removes what stands here, and nothing else.
BIN   := $(DESTDIR)$(PREFIX)/bin
LIBS  := $(DESTDIR)$(LIBDIR)
HEAD  := $(DESTDIR)$(PREFIX)/include/quarry
DATA  := $(DESTDIR)$(PREFIX)/share/quarry
MAN   := $(DESTDIR)$(PREFIX)/share/man/man1
COMPL := $(DESTDIR)$(PREFIX)/share/bash-completion/completions
SHIPPED := $(shell find db experiments -name '*.yaml' -o -name '*.csv' -o -name '*.sql')

install-files: all $(SHARED) $(B)/pages/quarry
	install -d $(BIN) $(LIBS)/pkgconfig $(HEAD) $(MAN) $(COMPL)
	install -m 755 $(PROGRAM) $(BIN)
	install -m 644 $(LIB) $(LIBS)
	install -m 644 $(SHARED) $(LIBS)/libquarry.so.$(VERSION)
	ln -sf libquarry.so.$(VERSION) $(LIBS)/libquarry.so.$(ABI)
	ln -sf libquarry.so.$(ABI) $(LIBS)/libquarry.so
	sed -e 's|@UP@|$(shell realpath -m --relative-to=$(LIBDIR)/pkgconfig $(PREFIX))|' -e 's|@VERSION@|$(VERSION)|' \
	  -e 's|@REQUIRES@|$(REQUIRES)|' src/package/quarry.pc.in >$(LIBS)/pkgconfig/quarry.pc
	install -m 644 include/quarry/*.h include/quarry/*.def $(HEAD)
	install -m 644 $(B)/pages/*.1 $(MAN)
	install -m 644 $(B)/pages/quarry $(COMPL)
	rm -rf $(DATA)
	for f in $(SHIPPED); do install -D -m 644 $$f $(DATA)/$$f || exit 1; done

uninstall:                      ## removes what `make install` installed
	rm -f $(BIN)/quarry $(LIBS)/libquarry.a $(LIBS)/libquarry.so* $(LIBS)/pkgconfig/quarry.pc $(MAN)/quarry.1 \
	  $(MAN)/quarry-*.1 $(COMPL)/quarry
	rm -rf $(HEAD) $(DATA)

deb:                            ## Debian packages in $(B)/deb, checked by lintian
	@tests/deps.sh $(PACKAGES) $(DEB_PACKAGES)
	@DEV_PACKAGES="$(filter-out libonnx-dev libfontconfig-dev,$(filter %-dev,$(PACKAGES)))" src/package/deb.sh $(B)/deb $(VERSION) \
	  $(ABI) "$(MAKE) --no-print-directory -s -j$$(nproc) install B=$(B)"

clean:                          ## remove what was built
	rm -rf $(B) $(B)-asan $(B)-coverage $(B)-fuzz $(B)-mutate $(B)-release $(B)-tsan

help:                           ## this list
	@sed -n 's/^\([a-z%-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 14

$(PROGRAM): $(CLI_SRC:%.c=$(B)/%.o) $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Texts and messages that are compiled in: made from readable files.
MADE_OBJ := $(B)/src/base/program_text.o $(if $(filter store,$(MODULES)),$(B)/src/store/schema_text.o $(B)/src/store/image_text.o) \
            $(if $(filter report,$(MODULES)),$(B)/src/report/page_text.o) \
            $(if $(filter network,$(MODULES)),$(B)/src/network/onnx.pb-c.o) \
            $(if $(filter circuit,$(MODULES)),$(B)/src/circuit/sources_text.o $(B)/src/circuit/delays_text.o)

$(LIB): $(LIB_SRC:%.c=$(B)/%.o) $(MADE_OBJ)
	@rm -f $@
	ar rcs $@ $^

$(SHARED): $(LIB) src/package/libquarry.map
	sed 's/@ABI@/$(ABI)/' src/package/libquarry.map >$(B)/libquarry.map
	$(CC) -shared -Wl,-soname,libquarry.so.$(ABI),--version-script,$(B)/libquarry.map $(LDFLAGS) -o $@ \
	  -Wl,--whole-archive $(LIB) -Wl,--no-whole-archive $(LDLIBS)

$(B)/pages/quarry: $(PROGRAM) src/package/pages.sh
	src/package/pages.sh $(PROGRAM) $(@D)

$(B)/src/store/schema_text.c: db/schema.sql src/store/schema_text.sh
	@mkdir -p $(@D)
	sh src/store/schema_text.sh <$< >$@

# A new database is made while building, and compiled in.
IMAGE_OBJ := $(patsubst %.c,$(B)/%.o,$(foreach m,base tech circuit number pe network memory accel,$(wildcard src/$(m)/*.c)) \
             src/store/schema.c src/store/sql.c src/store/nest.c) $(B)/src/store/schema_text.o \
             $(filter $(B)/src/network/% $(B)/src/circuit/%,$(MADE_OBJ))
$(B)/empty_database: src/empty_database.c $(IMAGE_OBJ)
	@rm -f $@.a
	@ar rcsT $@.a $(IMAGE_OBJ)
	$(CC) $(CPPFLAGS) -Isrc/store $(CFLAGS) $(LDFLAGS) -o $@ $< $@.a $(LDLIBS)

$(B)/src/store/image_text.c: $(B)/empty_database
	$< $@.sqlite >$@.new
	@mv $@.new $@

$(B)/src/report/page_text.c: src/report/text.sh $(wildcard src/report/page.*)
	@mkdir -p $(@D)
	sh src/report/text.sh src/report >$@

# What an activity of a circuit under an element's stimulus follows from.
SIMULATED := $(wildcard include/quarry/*.h include/quarry/*.def $(foreach m,base circuit number pe,src/$(m)/*.[ch])) \
             src/accel/circuits.c src/circuit/delays_text.sh db/circuit/bit_delays.csv
$(B)/src/circuit/sources_text.c: src/circuit/sources_text.sh $(SIMULATED)
	@mkdir -p $(@D)
	sh $^ >$@

$(B)/src/circuit/delays_text.c: db/circuit/bit_delays.csv src/circuit/delays_text.sh
	@mkdir -p $(@D)
	sh src/circuit/delays_text.sh <$< >$@

SOURCES := $(sort $(wildcard include/quarry/*.h include/quarry/*.def src/*.c src/*/*.[ch]) db/schema.sql)
$(B)/src/base/program_text.c: src/base/program_text.sh $(SOURCES)
	@mkdir -p $(@D)
	sh $< $(SOURCES) >$@

$(B)/%_text.o: $(B)/%_text.c
	$(CC) $(CPPFLAGS) -I$(patsubst $(B)/%,%,$(@D)) $(CFLAGS) -c -o $@ $<

# Debian's definition of ONNX files; what is generated is not ours, and not warned of.
$(B)/src/network/onnx.pb-c.c: $(ONNX_PROTO)
	@mkdir -p $(@D)
	protoc-c -I$(dir $<) --c_out=$(@D) $<

$(B)/src/network/onnx.pb-c.o: $(B)/src/network/onnx.pb-c.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -w -c -o $@ $<

$(patsubst %.c,$(B)/%.o,$(wildcard src/network/onnx*.c)): | $(B)/src/network/onnx.pb-c.c

ifeq ($(strip $(RELEASE) $(OPT)),-O2 -g1)
$(QUICK:%=$(B)/src/%/%.o): OPT := -O1 -g1
endif
$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/tests/fail_%.so: tests/fail_%.c
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE $(filter-out -fsanitize%,$(CFLAGS)) -shared -o $@ $<

$(B)/tests/cli/test_allocations: | $(B)/tests/fail_alloc.so

# One library for 250 programs: a third of the time of linking each with what it needs.
$(TEST_LIB): $(LIB)
	@mkdir -p $(@D)
	$(CC) -shared -Wl,-Bsymbolic,-soname,$(@F) $(LDFLAGS) $(TEST_LD) -o $@ -Wl,--whole-archive $(LIB) -Wl,--no-whole-archive $(LDLIBS)

$(B)/tests/%: tests/%.c $(TEST_LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests $(CFLAGS) $(TEST_OPT) -MMD -MP -MF $@.d $(LDFLAGS) $(TEST_LD) -o $@ $< $(TEST_LIB) \
	  -Wl,-rpath,'$$ORIGIN/..' $(LDLIBS)

# All readers in one program (tests/fuzz/fuzz.c), the commands in it too.  FUZZ_WITH: libFuzzer, where `make fuzz` has
# it; it does not watch loops over lanes, which clang takes minutes for.
ifneq ($(FUZZ_WITH),)
$(patsubst %.c,$(B)/%.o,$(shell grep -lE '_(pass|vector).h"' src/*/*.c)): override SANITIZE :=
endif
$(B)/fuzz/fuzz: $(wildcard tests/fuzz/*.c tests/fuzz/*.h tests/*.h) $(CLI_SRC:%.c=$(B)/%.o) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests $(CFLAGS) $(if $(FUZZ_WITH),-DQUARRY_LIBFUZZER) $(LDFLAGS) -o $@ $(filter tests/fuzz/%.c,$^) \
	  $(filter-out %/main.o,$(CLI_SRC:%.c=$(B)/%.o)) $(LIB) $(FUZZ_WITH) $(LDLIBS)

$(B)/bench/%: tests/bench/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests $(CFLAGS) -MMD -MP -MF $@.d $(LDFLAGS) -o $@ $< $(LIB) $(LDLIBS)

-include $(shell find $(B) -name '*.d' 2>/dev/null)

.PHONY: all run deps check check-slow check-asan check-tsan fuzz tests bench benches coverage mutate lint format install \
        install-files uninstall deb clean help
