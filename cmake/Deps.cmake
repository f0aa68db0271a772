# SPDX-License-Identifier: Apache-2.0
# Deps: finds the libraries as sanduq::NAME. In this order: the folder given
# with -DSANDUQ_WITH_NAME=DIR, the folder that scripts/deps builds into, and the
# system's own copy through pkg-config.

if(WIN32)
    set(deps_target mingw)
else()
    set(deps_target native)
endif()
set(deps_args --target ${deps_target})
foreach(lib IN ITEMS SODIUM SQLITE ZSTD UTF8PROC JANSSON EXPAT ZLIB QRENCODE)
    set(SANDUQ_WITH_${lib} "" CACHE PATH "folder with include/ and lib/ of ${lib}")
    if(SANDUQ_WITH_${lib})
        string(TOLOWER ${lib} name)
        list(APPEND deps_args "--with-${name}=${SANDUQ_WITH_${lib}}")
    endif()
endforeach()

execute_process(
    COMMAND "${CMAKE_SOURCE_DIR}/scripts/deps" ${deps_args} --print-prefix
    OUTPUT_VARIABLE SANDUQ_DEPS_PREFIX
    OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY)
message(STATUS "libraries built here: ${SANDUQ_DEPS_PREFIX}")

if(SANDUQ_RELEASE)
    execute_process(
        COMMAND "${CMAKE_SOURCE_DIR}/scripts/deps" ${deps_args} --release
        OUTPUT_QUIET
        COMMAND_ERROR_IS_FATAL ANY)
endif()

find_package(PkgConfig QUIET)

# sanduq_find(NAME header library pkg-config-module minimum)
# The minimum is checked here for the system's copy, by scripts/deps for its own.
function(sanduq_find name header library module minimum)
    string(TOUPPER ${name} upper)
    set(dir "${SANDUQ_WITH_${upper}}")
    if(NOT dir AND EXISTS "${SANDUQ_DEPS_PREFIX}/include/${header}")
        set(dir "${SANDUQ_DEPS_PREFIX}")
    endif()
    if(dir)
        unset(found_header CACHE)
        unset(found_library CACHE)
        find_path(found_header ${header} PATHS "${dir}/include"
            NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH NO_CACHE)
        find_library(found_library ${library} PATHS "${dir}/lib" "${dir}/lib64"
            NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH NO_CACHE)
        if(NOT found_header OR NOT found_library)
            message(FATAL_ERROR "${name}: no ${header} and lib${library} in ${dir}")
        endif()
        add_library(sanduq::${name} UNKNOWN IMPORTED GLOBAL)
        set_target_properties(sanduq::${name} PROPERTIES
            IMPORTED_LOCATION "${found_library}"
            INTERFACE_INCLUDE_DIRECTORIES "${found_header}")
        if(name STREQUAL "sqlite" AND NOT WIN32)
            # a static SQLite uses log() and dlopen()
            target_link_libraries(sanduq::sqlite INTERFACE m ${CMAKE_DL_LIBS})
        endif()
        set_property(GLOBAL APPEND PROPERTY SANDUQ_PRIVATE_LIBS "${found_library}")
        message(STATUS "${name}: ${found_library}")
        return()
    endif()
    if(NOT CMAKE_CROSSCOMPILING AND PkgConfig_FOUND)
        pkg_check_modules(${upper} QUIET IMPORTED_TARGET GLOBAL
            "${module}>=${minimum}")
    endif()
    if(NOT ${upper}_FOUND)
        message(FATAL_ERROR "${name} >= ${minimum} is missing. Run\n"
            "  scripts/install-packages && scripts/deps --target ${deps_target}\n"
            "once, or name a copy of your own with -DSANDUQ_WITH_${upper}=DIR "
            "(scripts/deps --help).")
    endif()
    add_library(sanduq::${name} ALIAS PkgConfig::${upper})
    set_property(GLOBAL APPEND PROPERTY SANDUQ_SYSTEM_MODULES ${module})
    message(STATUS "${name}: the system's ${${upper}_VERSION}")
endfunction()

sanduq_find(sodium sodium.h sodium libsodium 1.0.22)
sanduq_find(sqlite sqlite3.h sqlite3 sqlite3 3.42.0)
sanduq_find(zstd zstd.h zstd libzstd 1.5.4)
sanduq_find(utf8proc utf8proc.h utf8proc libutf8proc 2.5.0)
sanduq_find(jansson jansson.h jansson jansson 2.13)
sanduq_find(expat expat.h expat expat 2.5.0)
sanduq_find(zlib zlib.h z zlib 1.2.13)
sanduq_find(qrencode qrencode.h qrencode libqrencode 4.1.1)

if(WIN32)
    set_property(TARGET sanduq::sodium APPEND PROPERTY
        INTERFACE_COMPILE_DEFINITIONS SODIUM_STATIC)
    set_property(TARGET sanduq::utf8proc APPEND PROPERTY
        INTERFACE_COMPILE_DEFINITIONS UTF8PROC_STATIC)
    set_property(TARGET sanduq::expat APPEND PROPERTY
        INTERFACE_COMPILE_DEFINITIONS XML_STATIC)
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
