# Facts -> verdict. Lowest first; `model` knows nothing of ours, and nothing from `correlate` to `report` knows a parser.
rdpdx_layer(model FOLDER src/model)
rdpdx_layer(codes FOLDER src/codes)
rdpdx_layer(yaml FOLDER src/yaml NEEDS yaml-cpp)
rdpdx_layer(catalogue FOLDER src/catalogue USES model yaml)
rdpdx_layer(correlate FOLDER src/correlate USES model)
rdpdx_layer(rules FOLDER src/rules USES model yaml)
rdpdx_layer(diagnose FOLDER src/diagnose USES model rules)
rdpdx_layer(observe FOLDER src/observe USES model codes catalogue bytes net stream x224 mcs tls credssp rdp rdpeudp handshake
            gateway proxy dns ntp events config)
rdpdx_layer(report FOLDER src/report USES model codes)
# The parts of the HTML report that are not C++.
set(page_files index.css index.html index.js page.html script.js style.css)
list(TRANSFORM page_files PREPEND ${PROJECT_SOURCE_DIR}/src/report/html/ OUTPUT_VARIABLE page_paths)
add_custom_command(
  OUTPUT ${PROJECT_BINARY_DIR}/page_parts.cpp
  COMMAND ${CMAKE_COMMAND} -D OUT=${PROJECT_BINARY_DIR}/page_parts.cpp -D ROOT=${PROJECT_SOURCE_DIR}/src/report/html
          -D "FILES=${page_files}" -D HEADER=src/report/page_parts.hpp -D NAMESPACE=rdpdx::report -D FUNCTION=page_parts
          -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
  DEPENDS ${page_paths} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
  VERBATIM)
target_sources(rdpdx_report PRIVATE ${PROJECT_BINARY_DIR}/page_parts.cpp)
rdpdx_layer(analysis FOLDER src/analysis USES model catalogue observe correlate rules diagnose bytes
            capture net stream tls events evtx config)

rdpdx_layer(redact FOLDER src/redact USES model bytes net events NEEDS OpenSSL::Crypto)

# The program. Rule files go into it, so that one file is all there is to copy.
file(GLOB_RECURSE rule_files RELATIVE ${PROJECT_SOURCE_DIR}/rules CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/rules/*.yaml)
list(SORT rule_files)
list(TRANSFORM rule_files PREPEND ${PROJECT_SOURCE_DIR}/rules/ OUTPUT_VARIABLE rule_paths)
add_executable(embed_rules ${PROJECT_SOURCE_DIR}/cmake/embed_rules.cpp)
target_link_libraries(embed_rules PRIVATE rdpdx::yaml rdpdx_flags fmt::fmt)
add_custom_command(
  OUTPUT ${PROJECT_BINARY_DIR}/shipped_rules.cpp
  COMMAND embed_rules ${PROJECT_BINARY_DIR}/shipped_rules.cpp ${PROJECT_SOURCE_DIR}/rules ${rule_files}
  DEPENDS embed_rules ${rule_paths}
  VERBATIM)
set(schema_files rdpdx.report.1.schema.json)
list(TRANSFORM schema_files PREPEND ${PROJECT_SOURCE_DIR}/docs/schema/ OUTPUT_VARIABLE schema_paths)
add_custom_command(
  OUTPUT ${PROJECT_BINARY_DIR}/shipped_schemas.cpp
  COMMAND ${CMAKE_COMMAND} -D OUT=${PROJECT_BINARY_DIR}/shipped_schemas.cpp -D ROOT=${PROJECT_SOURCE_DIR}/docs/schema
          -D "FILES=${schema_files}" -D HEADER=src/app/shipped.hpp -D NAMESPACE=rdpdx::app -D FUNCTION=shipped_schemas
          -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
  DEPENDS ${schema_paths} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
  VERBATIM)
rdpdx_layer(app FOLDER src/app USES model codes yaml catalogue rules report analysis redact bytes tls events evtx
            NEEDS Boost::program_options OpenSSL::Crypto PkgConfig::ARCHIVE Threads::Threads)
target_compile_definitions(rdpdx_app PUBLIC RDPDX_VERSION="${PROJECT_VERSION}")
target_sources(rdpdx_app PRIVATE ${PROJECT_BINARY_DIR}/shipped_rules.cpp ${PROJECT_BINARY_DIR}/shipped_schemas.cpp)
rdpdx_layer(batch FOLDER src/app/batch USES app model report analysis redact bytes tls NEEDS PkgConfig::SQLITE Threads::Threads)
add_executable(rdpdx src/app/main.cpp)
target_link_libraries(rdpdx PRIVATE rdpdx::batch rdpdx::app rdpdx_flags fmt::fmt)
set_target_properties(rdpdx PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
