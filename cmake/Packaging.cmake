install(TARGETS certmgr_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS certmgr ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/certmgr DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY hooks/ DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/certmgr/hooks USE_SOURCE_PERMISSIONS
        PATTERN "*.md" EXCLUDE)
install(FILES README.md CHANGELOG.md CONTRIBUTING.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR}
        FILES_MATCHING PATTERN "*.md" PATTERN man EXCLUDE)
install(DIRECTORY docs/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1")
# Where systemd looks below any prefix of the system's own; the units name /usr/bin/certmgr.
file(GLOB units "${PROJECT_SOURCE_DIR}/systemd/*.service" "${PROJECT_SOURCE_DIR}/systemd/*.socket"
                "${PROJECT_SOURCE_DIR}/systemd/*.timer")
install(FILES ${units} DESTINATION lib/systemd/system)
install(FILES systemd/sysusers.d/certmgr.conf DESTINATION lib/sysusers.d)
install(FILES systemd/tmpfiles.d/certmgr.conf DESTINATION lib/tmpfiles.d)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME certmgr)
set(CPACK_PACKAGE_CONTACT "certmgr developers <certmgr@example.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# For keys in PKCS#11 tokens.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS libengine-pkcs11-openssl)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${PROJECT_SOURCE_DIR}/cmake/debian/postinst"
                                       "${PROJECT_SOURCE_DIR}/cmake/debian/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
