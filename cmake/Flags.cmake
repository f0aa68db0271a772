# SPDX-License-Identifier: Apache-2.0
# Flags: the target sanduq_flags carries every warning, sanitizer and hardening
# flag. gcc 12 and newer, clang 14 and newer and mingw-w64 are known to take
# them; what a compiler does not know is left out.
include(CheckCCompilerFlag)
include(CheckPIESupported)
check_pie_supported()

add_library(sanduq_flags INTERFACE)

# Asserts stay in every kind of build: a caller's mistake must not become data.
set(CMAKE_C_FLAGS_DEBUG "-O1 -g")
set(CMAKE_C_FLAGS_RELEASE "-O2")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g")

# sanduq_take_flags(FLAG...) adds those that the compiler knows.
function(sanduq_take_flags)
    set(CMAKE_REQUIRED_FLAGS -Werror)
    foreach(flag IN LISTS ARGN)
        string(MAKE_C_IDENTIFIER "takes${flag}" known)
        check_c_compiler_flag(${flag} ${known})
        if(${known})
            target_compile_options(sanduq_flags INTERFACE ${flag})
        endif()
    endforeach()
endfunction()

set(CMAKE_REQUIRED_QUIET ON)
sanduq_take_flags(
    -Wall -Wextra -Wformat=2 -Wconversion -Wsign-conversion -Wshadow -Wvla
    -Walloca -Wtrampolines -Wimplicit-fallthrough -Wbidi-chars=any
    -Wduplicated-cond -Wlogical-op -Wstringop-overflow=4 -Warray-bounds=2
    -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings
    -Wunused-result
    -Werror=implicit-function-declaration -Werror=incompatible-pointer-types
    -Werror=int-conversion -Werror=unused-result)
if(NOT SANDUQ_SANITIZE)
    # Instrumented code makes this one see paths that are not there.
    sanduq_take_flags(-Wnull-dereference)
endif()
if(SANDUQ_WERROR)
    target_compile_options(sanduq_flags INTERFACE -Werror)
endif()

# No path of the building machine in what is built. Not tried out first: the
# check would fail on a space in the path, and leave the paths in.
target_compile_options(sanduq_flags INTERFACE
    "-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.")

target_compile_options(sanduq_flags INTERFACE
    -fno-strict-overflow -fno-delete-null-pointer-checks)

if(WIN32)
    # C99 conversions such as %zu, a Unicode API, Windows 8 or newer.
    target_compile_definitions(sanduq_flags INTERFACE
        __USE_MINGW_ANSI_STDIO=1 UNICODE _UNICODE WINVER=0x0602
        _WIN32_WINNT=0x0602)
    # The libraries of scripts/deps use the stack protector: link its run time.
    target_link_options(sanduq_flags INTERFACE
        -static-libgcc -fstack-protector-strong)
else()
    target_compile_definitions(sanduq_flags INTERFACE _FILE_OFFSET_BITS=64)
endif()

if(SANDUQ_SANITIZE)
    target_compile_options(sanduq_flags INTERFACE
        -fsanitize=${SANDUQ_SANITIZE} -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    target_link_options(sanduq_flags INTERFACE -fsanitize=${SANDUQ_SANITIZE})
endif()
if(SANDUQ_FUZZ)
    # Coverage for everything; each fuzz target brings libFuzzer's main.
    target_compile_options(sanduq_flags INTERFACE -fsanitize=fuzzer-no-link)
    target_link_options(sanduq_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(SANDUQ_HARDEN)
    target_compile_options(sanduq_flags INTERFACE
        -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
    sanduq_take_flags(-fstack-protector-strong -fcf-protection=full
        -ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr)
    if(NOT WIN32)
        # mingw-w64's gcc 12 crashes on this one in large frames.
        sanduq_take_flags(-fstack-clash-protection)
    endif()
    if(NOT WIN32 AND NOT APPLE)
        target_link_options(sanduq_flags INTERFACE
            -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,separate-code
            -Wl,--as-needed)
    endif()
endif()
