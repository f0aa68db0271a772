# SPDX-License-Identifier: Apache-2.0
# PkgConfigFile: writes and installs sanduq.pc. Libraries that are not the
# system's own go along into a folder of ours, for static linking.
get_property(modules GLOBAL PROPERTY SANDUQ_SYSTEM_MODULES)
get_property(archives GLOBAL PROPERTY SANDUQ_PRIVATE_LIBS)
# these belong to the program, not to the library
list(REMOVE_ITEM modules jansson expat zlib libqrencode)
list(FILTER archives EXCLUDE REGEX "lib(jansson|expat|z|qrencode)[.]")
list(JOIN modules ", " SANDUQ_PC_REQUIRES)

set(SANDUQ_PC_LIBS "")
if(archives)
    install(FILES ${archives} DESTINATION ${CMAKE_INSTALL_LIBDIR}/sanduq)
    set(SANDUQ_PC_LIBS "-L\${libdir}/sanduq")
    foreach(archive IN LISTS archives)
        get_filename_component(base "${archive}" NAME_WE)
        string(REGEX REPLACE "^lib" "" base "${base}")
        string(APPEND SANDUQ_PC_LIBS " -l${base}")
    endforeach()
endif()
if(WIN32)
    string(APPEND SANDUQ_PC_LIBS " -lbcrypt -ladvapi32 -lshell32 -lssp")
else()
    string(APPEND SANDUQ_PC_LIBS " -lm -lpthread")
endif()

# From the folder of the .pc file up to the prefix, so that a moved tree works.
file(RELATIVE_PATH SANDUQ_PC_UP
    "/p/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/p")
string(REGEX REPLACE "/$" "" SANDUQ_PC_UP "${SANDUQ_PC_UP}")

configure_file("${CMAKE_SOURCE_DIR}/cmake/sanduq.pc.in"
    "${CMAKE_CURRENT_BINARY_DIR}/sanduq.pc" @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/sanduq.pc"
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
