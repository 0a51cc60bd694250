# SPDX-License-Identifier: ISC
# netradio: radio on the local network.  GNU make; README has the tour.
#
# make            the programs, in build/
# make demo       server and client on loopback  (MEDIA=DIR plays your own)
# make check      unit tests and stories
# make interop    the same with real players (VLC, ffmpeg, mpv, GStreamer)
# make fuzz       clang's fuzzer on all that decodes what is foreign
# make coverage   how much of it the corpora of make check reach
# make faults     every call into the system fails once
# make lint       what a command can judge
# make install    under $(DESTDIR); INSTALL explains the variables

PREFIX        = /usr/local
SBINDIR       = $(PREFIX)/sbin
BINDIR        = $(PREFIX)/bin
MANDIR        = $(PREFIX)/share/man
DOCDIR        = $(PREFIX)/share/doc/netradio
SYSCONFDIR    = /etc
UNITDIR       = $(PREFIX)/lib/systemd/system
SYSUSERSDIR   = $(PREFIX)/lib/sysusers.d
COMPDIR       = $(PREFIX)/share/bash-completion/completions
DESTDIR       =
CC            = cc
AR            = ar
CFLAGS        = -O2 -g
LDFLAGS       =
B             = build
V             = 0
# SAN=address,undefined or SAN=thread: give it a tree of its own with B=
SAN           =

VERSION      := $(shell cat src/version)

NR_CPPFLAGS   = -Iinclude -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
                -DVERSION='"$(VERSION)"' -DSYSCONFDIR='"$(SYSCONFDIR)"'
NR_CFLAGS     = -std=c11 -pthread -fno-common -Wall -Wextra -Wshadow \
                -Wpointer-arith -Wwrite-strings -Wstrict-prototypes \
                -Wmissing-prototypes -Wold-style-definition -Wvla \
                -Wformat=2 -MMD -MP $(if $(SAN),-fsanitize=$(SAN) \
                -fno-omit-frame-pointer -fno-sanitize-recover=all)
NR_LDFLAGS    = -pthread $(if $(SAN),-fsanitize=$(SAN))

ifeq ($(V),0)
Q = @
say = @echo '  $(1)	$(2)';
else
say =
endif

PROGRAMS      = netradiod netradio-client netradioctl

# The folder is the layer.  One archive per layer; what a link line names is
# all that a program, or a test of that layer, may use.
LAYERS        = base wire os doctor stats $(PROGRAMS)
below_wire             = base
below_os               = base
below_stats            = wire base
below_netradiod        = stats os wire base
below_doctor           = os wire base
below_netradio-client  = doctor os wire base
below_netradioctl      = doctor stats os wire base

src_of  = $(filter-out src/$(1)/main.c,$(wildcard src/$(1)/*.c))
obj_of  = $(patsubst %.c,$(B)/obj/%.o,$(1))
libs_of = $(patsubst %,$(B)/lib/lib%.a,$(1) $(below_$(1)))
UNITS         = $(patsubst test/unit/%.c,$(B)/unit/%,\
                $(wildcard test/unit/*/test_*.c))
TOOLS         = $(patsubst test/tools/%.c,$(B)/tools/%,\
                $(wildcard test/tools/*.c))
FUZZ          = $(patsubst test/fuzz/%.c,$(B)/fuzz/%,\
                $(wildcard test/fuzz/fuzz_*.c))
REPLAYS       = $(patsubst test/fuzz/fuzz_%.c,$(B)/fuzz/replay_%,\
                $(wildcard test/fuzz/fuzz_*.c))

all: $(PROGRAMS:%=$(B)/%)

define layer
$(B)/lib/lib$(1).a: $(call obj_of,$(call src_of,$(1)))
endef
$(foreach l,$(LAYERS),$(eval $(call layer,$(l))))

define program
$(B)/$(1): $(B)/obj/src/$(1)/main.o $(call libs_of,$(1))
	$$(call say,LD,$$@) $$(CC) $$(CFLAGS) $$(NR_LDFLAGS) $$(LDFLAGS) -o $$@ $$^
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

# A unit test of a layer: test/unit/LAYER/test_MODULE.c
define unit
$(B)/unit/$(1)/%: test/unit/$(1)/%.c $(call libs_of,$(1)) \
    test/unit/tap.h test/unit/random.h
	@mkdir -p $$(@D)
	$$(call say,TEST,$$@) $$(CC) $$(NR_CPPFLAGS) -Isrc/$(1) -Itest/unit \
	    $$(CPPFLAGS) $$(NR_CFLAGS) $$(CFLAGS) $$(NR_LDFLAGS) $$(LDFLAGS) \
	    -o $$@ $$< $$(filter %.a,$$^)
endef
$(foreach l,$(LAYERS),$(eval $(call unit,$(l))))

# This one shows what the server's own readers see.
$(B)/tools/mediaframes: test/tools/mediaframes.c $(call libs_of,netradiod)
	@mkdir -p $(@D)
	$(call say,TOOL,$@) $(CC) $(NR_CPPFLAGS) -Isrc/netradiod $(CPPFLAGS) \
	    $(NR_CFLAGS) $(CFLAGS) $(NR_LDFLAGS) $(LDFLAGS) -o $@ \
	    $(filter %.c %.a,$^)

$(B)/tools/%: test/tools/%.c $(call libs_of,os) $(call libs_of,wire)
	@mkdir -p $(@D)
	$(call say,TOOL,$@) $(CC) $(NR_CPPFLAGS) $(CPPFLAGS) $(NR_CFLAGS) \
	    $(CFLAGS) $(NR_LDFLAGS) $(LDFLAGS) -o $@ $< $(B)/lib/libos.a \
	    $(B)/lib/libwire.a $(B)/lib/libbase.a -lm

# A fuzz target is built twice: with a small main that replays its corpus in
# make check, and (make fuzz) with clang's fuzzer.
FUZZ_LIBS     = $(patsubst %,$(B)/lib/lib%.a,netradiod netradio-client \
                netradioctl doctor stats os wire base)
define fuzz_link
	@mkdir -p $(@D)
	$(call say,FUZZ,$@) $(CC) $(NR_CPPFLAGS) -Isrc/netradiod \
	    -Isrc/netradio-client -Isrc/netradioctl $(CPPFLAGS) \
	    $(NR_CFLAGS) $(CFLAGS) $(NR_LDFLAGS) $(LDFLAGS) $(1) -o $@ $(filter %.c,$^) $(FUZZ_LIBS)
endef
$(B)/fuzz/replay_%: test/fuzz/fuzz_%.c test/fuzz/replay.c $(FUZZ_LIBS)
	$(call fuzz_link)
$(B)/fuzz/fuzz_%: test/fuzz/fuzz_%.c $(FUZZ_LIBS)
	$(call fuzz_link,-fsanitize=fuzzer)

# The page of the HTTP server, as the bytes of an array.
$(B)/gen/page.c: src/netradiod/page.html
	@mkdir -p $(@D)
	$(Q){ echo 'extern const char http_template[];'; \
	    echo 'const char http_template[] = {'; \
	    od -An -v -td1 $< | sed 's/[0-9]\{1,\}/&,/g'; \
	    echo '0 };'; } >$@
$(B)/obj/page.o: $(B)/gen/page.c
	@mkdir -p $(@D)
	$(call say,CC,$<) $(CC) $(NR_CPPFLAGS) $(CPPFLAGS) $(NR_CFLAGS) \
	    $(CFLAGS) -c -o $@ $<
$(B)/lib/libnetradiod.a: $(B)/obj/page.o

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<) $(CC) $(NR_CPPFLAGS) $(CPPFLAGS) $(NR_CFLAGS) \
	    $(CFLAGS) -c -o $@ $<

$(B)/lib/%.a:
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,AR,$@) $(AR) rcs $@ $^

-include $(shell find $(B) -name '*.d' 2>/dev/null)

demo: all tools
	$(Q)B=$(B) test/demo $(if $(MEDIA),"$(MEDIA)")

check: all units tools replays benchtools faulty
	$(Q)B=$(B) test/run unit net

interop: all tools
	$(Q)B=$(B) test/run interop

# A tree of the other byte order: make B=build/s390x CC=s390x-linux-gnu-gcc
# emulated.  test/emulate runs what is in it.
emulated: all units replays $(B)/emulate.so
$(B)/emulate.so: test/emulate.c
	@mkdir -p $(@D)
	$(call say,LD,$@) $(CC) $(NR_CPPFLAGS) $(CPPFLAGS) $(NR_CFLAGS) \
	    $(CFLAGS) -fPIC -shared -o $@ $< -ldl

units: $(UNITS)
tools: $(TOOLS)
replays: $(REPLAYS)

# make fuzz [SECONDS=60] [TARGET=plist]: clang's fuzzer on every decoder
SECONDS       = 60
fuzz:
	$(Q)$(MAKE) B=$(B)/fuzzing CC=clang CFLAGS='-g -O1' \
	    SAN=fuzzer-no-link,address,undefined fuzzers
	$(Q)B=$(B)/fuzzing test/fuzz/run $(SECONDS) $(TARGET)
fuzzers: $(FUZZ)

# make coverage: what of each decoder its corpus reaches, at least 85 percent
coverage:
	$(Q)$(MAKE) B=$(B)/coverage CC=clang CFLAGS='-g -O0 \
	    -fprofile-instr-generate -fcoverage-mapping' replays
	$(Q)B=$(B)/coverage test/fuzz/coverage $(TARGET)

lint: all
	$(Q)B=$(B) test/lint

clean:
	rm -rf $(B)

# Files only: no user is made, nothing is chowned, nothing starts.
INSTALL_MAN   = doc/man/netradio-client.1 doc/man/netradiod.conf.5 \
                doc/man/netradio.7 doc/man/netradiod.8 \
                doc/man/netradioctl.8
INSTALL_DOC   = README INSTALL LICENSE doc/NEWS doc/netradiod.conf.sample \
                $(wildcard doc/user/*.md $(addprefix doc/admin/*.,md yml \
                conf nft))
INSTALL_CONF  = $(SYSCONFDIR)/netradio/netradiod.conf
INSTALL_INIT  = $(SYSCONFDIR)/init.d/netradiod
man_of        = $(MANDIR)/man$(subst .,,$(suffix $(1)))/$(notdir $(1))
with_paths    = sed -e 's|@SBINDIR@|$(SBINDIR)|g' \
                -e 's|@SYSCONFDIR@|$(SYSCONFDIR)|g'

install: all
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(BINDIR) \
	    $(DESTDIR)$(DOCDIR) $(DESTDIR)$(UNITDIR) \
	    $(DESTDIR)$(SYSUSERSDIR) $(DESTDIR)$(COMPDIR) $(dir $(DESTDIR)$(INSTALL_CONF)) \
	    $(dir $(DESTDIR)$(INSTALL_INIT)) \
	    $(foreach m,$(INSTALL_MAN),$(dir $(DESTDIR)$(call man_of,$(m))))
	install -m 0755 $(B)/netradiod $(B)/netradioctl $(DESTDIR)$(SBINDIR)
	install -m 0755 $(B)/netradio-client $(DESTDIR)$(BINDIR)
	$(foreach m,$(INSTALL_MAN),install -m 0644 $(m) \
	    $(DESTDIR)$(call man_of,$(m)) &&) :
	install -m 0644 $(INSTALL_DOC) $(DESTDIR)$(DOCDIR)
	test -e $(DESTDIR)$(INSTALL_CONF) || install -m 0644 \
	    doc/netradiod.conf.sample $(DESTDIR)$(INSTALL_CONF)
	$(with_paths) doc/init/netradiod.init >$(DESTDIR)$(INSTALL_INIT)
	chmod 0755 $(DESTDIR)$(INSTALL_INIT)
	$(with_paths) doc/init/netradiod.service \
	    >$(DESTDIR)$(UNITDIR)/netradiod.service
	chmod 0644 $(DESTDIR)$(UNITDIR)/netradiod.service
	install -m 0644 doc/init/netradio.sysusers \
	    $(DESTDIR)$(SYSUSERSDIR)/netradio.conf
	install -m 0644 doc/netradioctl.bash $(DESTDIR)$(COMPDIR)/netradioctl

# What install put there, but the configuration stays.
uninstall:
	rm -f $(DESTDIR)$(SBINDIR)/netradiod \
	    $(DESTDIR)$(SBINDIR)/netradioctl $(DESTDIR)$(COMPDIR)/netradioctl \
	    $(DESTDIR)$(BINDIR)/netradio-client \
	    $(foreach m,$(INSTALL_MAN),$(DESTDIR)$(call man_of,$(m))) \
	    $(addprefix $(DESTDIR)$(DOCDIR)/,$(notdir $(INSTALL_DOC))) \
	    $(DESTDIR)$(INSTALL_INIT) $(DESTDIR)$(UNITDIR)/netradiod.service \
	    $(DESTDIR)$(SYSUSERSDIR)/netradio.conf
	rmdir $(DESTDIR)$(DOCDIR) 2>/dev/null || :

.PHONY: all demo check interop units tools replays emulated fuzz fuzzers \
        coverage lint install uninstall clean
.SECONDARY:
.DELETE_ON_ERROR:

# make bench [BENCH_SECONDS=20] [PARTS="pace 100 1000"]: how well it keeps time
# and what it costs, beside bare threads and other programs
BENCHTOOLS    = $(patsubst %,$(B)/bench/%,bare cost rxmeter walk zap)
$(B)/bench/rxmeter: $(wildcard test/bench/capture.[ch] test/bench/stream.[ch])
$(B)/bench/%: test/bench/%.c $(call libs_of,wire)
	@mkdir -p $(@D)
	$(call say,BENCH,$@) $(CC) $(NR_CPPFLAGS) $(CPPFLAGS) $(NR_CFLAGS) \
	    $(CFLAGS) $(NR_LDFLAGS) $(LDFLAGS) -o $@ $(filter %.c,$^) \
	    $(B)/lib/libwire.a $(B)/lib/libbase.a -lm

benchtools: $(BENCHTOOLS)
bench: all tools benchtools
	$(Q)B=$(B) BENCH_SECONDS=$(or $(BENCH_SECONDS),20) \
	    test/bench/run $(PARTS)
# make bench-library [LIBRARIES="10000x1000@64"]: how soon a library is on air
bench-library: all tools benchtools
	$(Q)B=$(B) test/bench/library $(LIBRARIES)
.PHONY: bench bench-library benchtools

# make faults [FAULTS="-s reload -k memory"]: each call of each program into
# the system fails once (doc/devel/faults.md); make check has a spread of it.
# A program is linked once more with test/fault/fault.c between it and the C
# library; what is wrapped is what that file defines.
FAULTY        = $(PROGRAMS:%=$(B)/fault/faulty-%)
$(B)/fault/wrap: $(B)/obj/test/fault/fault.o
	@mkdir -p $(@D)
	$(Q)nm $< | sed -n 's/.* T __wrap_/-Wl,--wrap=/p' >$@
$(B)/fault/faulty-%: $(B)/% $(B)/obj/test/fault/fault.o $(B)/fault/wrap
	$(call say,LD,$@) $(CC) $(CFLAGS) $(NR_LDFLAGS) $(LDFLAGS) -o $@ \
	    $(B)/obj/src/$*/main.o $(B)/obj/test/fault/fault.o \
	    @$(B)/fault/wrap $(call libs_of,$*)
$(B)/fault/sweep: $(patsubst %,$(B)/obj/test/fault/%.o,sweep scenes world) \
    $(call libs_of,os) $(call libs_of,wire)
	$(call say,LD,$@) $(CC) $(CFLAGS) $(NR_LDFLAGS) $(LDFLAGS) -o $@ \
	    $(filter %.o,$^) $(B)/lib/libos.a $(B)/lib/libwire.a \
	    $(B)/lib/libbase.a

faulty: $(FAULTY) $(B)/fault/sweep
faults: all tools faulty
	$(Q)B=$(B) FAULTS="-j 4 $(FAULTS)" test/net/faults.sh
.PHONY: faulty faults
