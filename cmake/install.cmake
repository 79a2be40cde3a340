# What a package takes: the program, its manual page, completion for shells, and the schema of its reports.
include(GNUInstallDirs)
set(share ${PROJECT_BINARY_DIR}/share)
file(MAKE_DIRECTORY ${share})
set(printed "")
function(rdpdx_printed out)
  add_custom_command(OUTPUT ${share}/${out} COMMAND ${CMAKE_COMMAND} -D PROGRAM=$<TARGET_FILE:rdpdx> -D "ARGUMENTS=${ARGN}"
                     -D OUT=${share}/${out} -P ${PROJECT_SOURCE_DIR}/cmake/print_to.cmake
                     DEPENDS rdpdx ${PROJECT_SOURCE_DIR}/cmake/print_to.cmake VERBATIM)
  set(printed ${printed} ${share}/${out} PARENT_SCOPE)
endfunction()
rdpdx_printed(rdpdx.1 help man)
rdpdx_printed(rdpdx.bash completion bash)
rdpdx_printed(_rdpdx completion zsh)
rdpdx_printed(rdpdx.fish completion fish)
rdpdx_printed(rdpdx.ps1 completion powershell)
add_custom_target(rdpdx_share ALL DEPENDS ${printed})

install(TARGETS rdpdx RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${share}/rdpdx.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${share}/rdpdx.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME rdpdx)
install(FILES ${share}/_rdpdx DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${share}/rdpdx.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES ${share}/rdpdx.ps1 docs/schema/rdpdx.report.1.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/rdpdx)
