# SPDX-License-Identifier: Apache-2.0
# Layer: one folder of the library as an object library, whose include path
# holds only itself, the layers left of it and the public headers.

set(SANDUQ_LAYERS base crypto format log store ops)
define_property(GLOBAL PROPERTY SANDUQ_LAYER_SOURCES)

# sanduq_layer(NAME [LIBRARIES target...] [EXCLUDE regex])
# Objects of all *.c in this folder. A layer without a source yet is left out.
function(sanduq_layer name)
    cmake_parse_arguments(arg "" "EXCLUDE" "LIBRARIES" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS "*.c")
    if(arg_EXCLUDE)
        list(FILTER sources EXCLUDE REGEX "${arg_EXCLUDE}")
    endif()
    if(NOT sources)
        message(STATUS "layer ${name}: no sources yet")
        return()
    endif()
    add_library(sanduq_${name} OBJECT ${sources})
    target_link_libraries(sanduq_${name} PRIVATE sanduq_flags ${arg_LIBRARIES})
    target_compile_definitions(sanduq_${name} PRIVATE
        VLT_VERSION="${PROJECT_VERSION}")
    target_include_directories(sanduq_${name} PRIVATE
        "${CMAKE_SOURCE_DIR}/vault/include")
    foreach(layer IN LISTS SANDUQ_LAYERS)
        target_include_directories(sanduq_${name} PRIVATE
            "${CMAKE_SOURCE_DIR}/vault/${layer}")
        if(layer STREQUAL name)
            break()
        endif()
    endforeach()
endfunction()
