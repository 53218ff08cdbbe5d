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
PKG_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -linih
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
LIB_C = $(wildcard proto/*.c) clients/client.c clients/catchup.c clients/cursor.c
LIB_O = $(LIB_C:%.c=$(B)/o/%.o) $(B)/o/gen/proto/newswire.pb-c.o
RULES = $(wildcard daemon/rules/*)

.PHONY: all
all: $(B)/newswired $(B)/newswire $(B)/libnewswire.so $(B)/libnewswire.a

# --- generated sources ----------------------------------------------------------------------------------------------
$(B)/gen/proto/newswire.pb-c.c: proto/newswire.proto
	@mkdir -p $(@D)
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
	ar rcs $@ $^
$(B)/newswired: $(B)/o/daemon/main.o $(B)/house.a
	$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
$(B)/newswire: $(B)/o/clients/newswire.o $(B)/house.a
	$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
$(B)/libnewswire.a: $(LIB_O)
	@rm -f $@
	ar rcs $@ $^
SOVERSION = 0
$(B)/libnewswire.so: $(LIB_O)
	$(CC) $(LDFLAGS) -shared -Wl,-soname,libnewswire.so.$(SOVERSION) -Wl,-z,defs -o $@ $^ \
	    $(shell pkg-config --libs libzmq libprotobuf-c jansson zlib)

# --- unit tests and fuzzers: tests/test_X.c -> build/tests/test_X -----------------------------------------------------
$(B)/tests/%: tests/%.c $(B)/house.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -I$(B) $(CFLAGS) $(LDFLAGS) -o $@ $< $(B)/house.a -lcmocka $(PKG_LIBS)

.PHONY: clean
clean:
	rm -rf build

-include $(shell find $(B)/o $(B)/tests -name '*.d' 2>/dev/null)
