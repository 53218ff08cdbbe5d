# SPDX-License-Identifier: MIT
# newswire: `make help` says what there is. Non-recursive; everything made lies under build/; wildcards find new files.
# A directory holds rooms, a room is a .c with its .h; daemon/main.c and clients/newswire.c are the two programs.

VERSION = 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
CFLAGS ?= -O2 -g
WERROR ?=
SAN ?=
# A sanitizer build, and any other variation, has a directory of its own: make SAN=address,undefined
B ?= build$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))$(if $(findstring clang,$(CC)),/clang)
comma := ,

PKGS = libzmq libprotobuf-c sqlite3 icu-uc icu-i18n libhs libsodium jansson libsystemd zlib
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -linih -lm
WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wno-format-nonliteral \
       -Wundef -Wpointer-arith -Wwrite-strings $(if $(WERROR),-Werror)
override CPPFLAGS += -D_GNU_SOURCE -I. -Iinclude -I$(B)/gen -DNEWSWIRE_VERSION='"$(VERSION)"' -DPREFIX='"$(PREFIX)"' \
       $(filter-out -I/usr/include,$(PKG_CFLAGS))
override CFLAGS += -std=c11 -fPIC -fvisibility=hidden -fstack-protector-strong $(WARN) -MMD -MP -pthread \
       $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all)
override LDFLAGS += -pthread $(if $(SAN),-fsanitize=$(SAN))

PROGRAMS = daemon/main.c clients/newswire.c
ROOMS = $(filter-out $(PROGRAMS),$(wildcard proto/*.c daemon/*.c daemon/*/*.c clients/*.c))
GEN_C = $(B)/gen/proto/newswire.pb-c.c $(B)/gen/rules_data.c $(B)/gen/store_sql.c
ROOM_O = $(ROOMS:%.c=$(B)/o/%.o) $(GEN_C:$(B)/gen/%.c=$(B)/o/gen/%.o)
LIB_C = $(wildcard proto/*.c clients/client*.c) clients/catchup.c clients/filter.c clients/hold.c clients/cursor.c
LIB_O = $(LIB_C:%.c=$(B)/o/%.o) $(B)/o/gen/proto/newswire.pb-c.o
RULES = $(wildcard daemon/rules/*)

.PHONY: all
all: $(B)/newswired $(B)/newswire $(B)/libnewswire.so $(B)/libnewswire.a

# --- generated sources ----------------------------------------------------------------------------------------------
$(B)/gen/proto/newswire.pb-c.c: proto/newswire.proto
	@mkdir -p $(@D)
	@command -v protoc-c >/dev/null || { echo "protoc-c is not here: 'make deps' installs what is needed" >&2; exit 1; }
	protoc-c --c_out=$(B)/gen $<
$(B)/gen/proto/newswire.pb-c.h: $(B)/gen/proto/newswire.pb-c.c ;

# The shipped rules as bytes: { name, bytes, size } of each file, in order of name.
$(B)/gen/rules_data.c: $(RULES) daemon/embed.sh
	@mkdir -p $(@D)
	sh daemon/embed.sh rules_data $(RULES) >$@.part
	mv $@.part $@
$(B)/gen/store_sql.c: daemon/hands/store.sql daemon/embed.sh
	@mkdir -p $(@D)
	sh daemon/embed.sh store_sql daemon/hands/store.sql >$@.part
	mv $@.part $@

# --- objects and programs -------------------------------------------------------------------------------------------
$(B)/o/gen/%.o: $(B)/gen/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -Wno-all -Wno-extra -c -o $@ $<
$(B)/o/%.o: %.c | $(B)/gen/proto/newswire.pb-c.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# Every room in one archive: programs and tests take from it what they name.
$(B)/house.a: $(ROOM_O)
	@rm -f $@
	ar qcs $@ $^
$(B)/newswired: $(B)/o/daemon/main.o $(B)/house.a
	$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
$(B)/newswire: $(B)/o/clients/newswire.o $(B)/house.a
	$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
$(B)/libnewswire.a: $(LIB_O)
	@rm -f $@
	ar qcs $@ $^
SOVERSION = 0
$(B)/libnewswire.so: $(LIB_O)
	$(CC) $(LDFLAGS) -shared -Wl,-soname,libnewswire.so.$(SOVERSION) -Wl,-z,defs -o $@ $^ \
	    $(shell pkg-config --libs libzmq libprotobuf-c jansson zlib)

# --- tests ------------------------------------------------------------------------------------------------------------
# tests/test_X.c and tests/fuzz_X.c -> build/tests/; tests/newswired is the daemon with crash points in it.
UNIT = $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/test_*.c))
FUZZ = $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/fuzz_*.c))
TEST_PROGRAMS = $(UNIT) $(FUZZ) $(B)/tests/newswired $(B)/tests/example $(B)/tests/race
# What several tests share, in an archive: a test takes what it names.
HELPERS_O = $(patsubst tests/%.c,$(B)/o/tests/%.o,$(filter-out tests/test_% tests/fuzz_% tests/example.c,$(wildcard tests/*.c)))

$(B)/tests/helpers.a: $(HELPERS_O)
	@mkdir -p $(@D)
	@rm -f $@
	ar qcs $@ $^
$(B)/tests/%: $(B)/o/tests/%.o $(B)/tests/helpers.a $(B)/house.a
	$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(PKG_LIBS)
$(B)/run_fuzz_%: tests/fuzz_%.c $(B)/house.a
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
$(B)/tests/newswired: $(B)/o/daemon/main.o $(B)/o/tests/crash_points.o $(B)/house.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
$(B)/tests/example: tests/example.c $(B)/libnewswire.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
.SECONDARY:

.PHONY: tests check check-built unit flows fuzz bench bounds bench-quick bench-pictures score demo demo-built deps deps-check help install install-built uninstall clean
tests: all $(TEST_PROGRAMS)
check: deps-check
	@$(MAKE) --no-print-directory check-built
check-built:
	@sh tests/check.sh
unit: tests
	@TAPS=$(B)/tap sh tests/prove.sh $(UNIT) $(FUZZ)
flows: tests
	@TAPS=$(B)/tap BUILD=$(CURDIR)/$(B) sh tests/prove.sh $(wildcard tests/flow_*.py)
# Fuzzes each target for FUZZ_SECONDS with clang's libFuzzer; new inputs stay under build/.
FUZZ_SECONDS ?= 60
fuzz:
	@sh tests/fuzz.sh $(FUZZ_SECONDS)
demo: deps
	@$(MAKE) --no-print-directory demo-built DIGEST="$(DIGEST)"
demo-built: all
	@BUILD=$(B) sh tests/demo.sh "$(DIGEST)"

# How well newswired reads digests, and tells what they are about, a table per set: make score SCORE="--set dev --wrong"
# TOPICS="path of a labelled set"
SCORE ?=
TOPICS ?=
score: $(B)/newswired
	@/usr/bin/python3 -B tests/score/score.py --newswired $(B)/newswired $(SCORE)
	@/usr/bin/python3 -B tests/score/topics.py --newswired $(B)/newswired $(TOPICS)

# newswired beside floors and peers: make bench BENCH="--only backlog,latency --rounds 1". Peers run where they are installed;
# PEERS=1 installs them.
BENCH ?=
PEERS ?=
BENCH_PROGRAMS = $(addprefix $(B)/bench/,floor listen receive names rows fanout parse store peer newswired)
$(B)/bench/floor: $(B)/o/tests/bench/floor_search.o
$(B)/bench/fanout: $(B)/o/tests/bench/tape.o
$(B)/bench/peer: $(patsubst %,$(B)/o/tests/bench/peer_%.o,redis nats mqtt)
$(B)/bench/%: $(B)/o/tests/bench/%.o $(B)/house.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
# The daemon with a clock at each door: tests/bench/stages.c names the doors.
STAGES = $(shell sed -nE 's/^STAGE.[^,]*, ([a-z0-9_]+),.*|^QUIET.([a-z0-9_]+),.*/-Wl,--wrap=\1\2/p' tests/bench/stages.c)
$(B)/bench/newswired: $(B)/o/daemon/main.o $(B)/o/tests/bench/stages.o $(B)/house.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) $(STAGES) -o $@ $^ $(PKG_LIBS)
bench bench-quick: all $(BENCH_PROGRAMS)
	@$(if $(PEERS),sh tests/deps.sh $(PEER_PACKAGES))
	@BUILD=$(B) /usr/bin/python3 -B tests/bench/bench.py $(if $(filter bench-quick,$@),--quick) $(BENCH)
	@! command -v gnuplot >/dev/null || BUILD=$(B) /usr/bin/python3 -B tests/bench/pictures.py $(B)/bench
# Draws again what was measured last; those in README.md: make bench-pictures PICTURES=tests/bench
PICTURES ?= $(B)/bench
bench-pictures:
	@sh tests/deps.sh gnuplot-nox
	@BUILD=$(B) /usr/bin/python3 -B tests/bench/pictures.py $(PICTURES)
# What hostile files cost as they grow; some of them: make bounds BOUNDS="titles quoting"
BOUNDS ?=
$(B)/bench/bounds: $(B)/o/tests/hostile.o
bounds: $(B)/bench/bounds
	@$(B)/bench/bounds $(BOUNDS)

# --- Debian packages --------------------------------------------------------------------------------------------------
BUILD_PACKAGES = gcc libc6-dev make pkg-config libzmq3-dev protobuf-c-compiler libprotobuf-c-dev libsqlite3-dev libicu-dev \
    libvectorscan-dev libsodium-dev libinih-dev libjansson-dev libsystemd-dev zlib1g-dev
PEER_PACKAGES = nats-server redis-server mosquitto
CHECK_PACKAGES = clang libclang-rt-14-dev libcmocka-dev perl python3 python3-zmq python3-protobuf protobuf-compiler mandoc systemd tzdata
deps:
	@sh tests/deps.sh $(BUILD_PACKAGES)
deps-check:
	@sh tests/deps.sh $(BUILD_PACKAGES) $(CHECK_PACKAGES)

# --- installing -------------------------------------------------------------------------------------------------------
UNITDIR ?= $(if $(filter /usr,$(PREFIX)),/usr/lib/systemd/system,/etc/systemd/system)
SYSUSERSDIR ?= $(if $(filter /usr,$(PREFIX)),/usr/lib/sysusers.d,/etc/sysusers.d)
TMPFILESDIR ?= $(if $(filter /usr,$(PREFIX)),/usr/lib/tmpfiles.d,/etc/tmpfiles.d)
LIBDIR ?= $(PREFIX)/lib
D = $(DESTDIR)
# Into a staging directory nothing is fetched: whoever packages has the packages.
install: $(if $(DESTDIR),,deps)
	@$(MAKE) --no-print-directory install-built
install-built: all
	sh systemd/install.sh "$(B)" "$(D)" "$(PREFIX)" "$(LIBDIR)" "$(UNITDIR)" "$(SYSUSERSDIR)" "$(TMPFILESDIR)" $(VERSION) $(SOVERSION)
uninstall:
	sh systemd/uninstall.sh "$(D)" "$(PREFIX)" "$(LIBDIR)" "$(UNITDIR)" "$(SYSUSERSDIR)" "$(TMPFILESDIR)" $(VERSION) $(SOVERSION)

clean:
	rm -rf build

help:
	@echo 'newswire $(VERSION)'
	@echo '  make demo               installs what is missing, builds, and shows the wire at work  [DIGEST=path]'
	@echo '  make check              installs what is missing, builds, and runs every test'
	@echo '  make                    builds into build/  [SAN=address,undefined | SAN=thread] [CC=clang] [WERROR=1]'
	@echo '  make deps               installs the Debian packages that are missing, nothing when nothing is'
	@echo '  make install            installs  [PREFIX=/usr/local] [DESTDIR=]; then: systemctl enable --now newswired'
	@echo '  make uninstall          takes it away again; spool, store and configuration stay'
	@echo '  make unit | flows       some of the tests; make fuzz [FUZZ_SECONDS=60]; make bounds'
	@echo '  make bench-quick        how fast it is beside the least that could be done; make bench: all of it  [PEERS=1]'
	@echo '  make score              how well it reads digests, in figures  [SCORE="--set dev --wrong"]'
	@echo '  make clean              removes build/'

-include $(shell find $(B)/o -name '*.d' 2>/dev/null)
