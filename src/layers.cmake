# Facts -> verdict. Lowest first; `model` knows nothing of ours, and nothing from `correlate` to `report` knows a parser.
rdpdx_layer(model FOLDER src/model SOURCES time.cpp words.cpp)
rdpdx_layer(codes FOLDER src/codes SOURCES authorization.cpp codes.cpp disconnect_reason.cpp error_info.cpp explain.cpp
            extended_reason.cpp hresult.cpp icmp.cpp kerberos.cpp licensing.cpp mcs.cpp names.cpp negotiation.cpp notes.cpp
            ntstatus.cpp render.cpp text.cpp tls_alert.cpp win32.cpp x224.cpp)
rdpdx_layer(yaml FOLDER src/yaml SOURCES load.cpp node.cpp NEEDS yaml-cpp)
rdpdx_layer(catalogue FOLDER src/catalogue SOURCES load.cpp match.cpp query.cpp roles.cpp sentence.cpp USES model yaml)
rdpdx_layer(correlate FOLDER src/correlate SOURCES correlate.cpp udp.cpp USES model)
rdpdx_layer(rules FOLDER src/rules SOURCES evaluate.cpp load.cpp USES model yaml)
rdpdx_layer(diagnose FOLDER src/diagnose SOURCES assess.cpp diagnose.cpp ending.cpp inference.cpp inference_credssp.cpp
            inference_lengths.cpp inference_messages.cpp inference_sequence.cpp missing.cpp udp.cpp USES model rules)
rdpdx_layer(observe FOLDER src/observe SOURCES certificates.cpp connection.cpp convert.cpp events.cpp gateway.cpp gateway_facts.cpp inside.cpp kdc.cpp
            mechanism.cpp names.cpp names_told.cpp neighbours.cpp pdus.cpp placing.cpp sequence.cpp udp.cpp
            udp_conversation.cpp udp_transport.cpp wire.cpp
            USES model codes catalogue bytes net stream x224 mcs tls credssp rdp rdpeudp handshake gateway dns events)
rdpdx_layer(report FOLDER src/report SOURCES evidence.cpp flows.cpp json.cpp json_parts.cpp json_writer.cpp page.cpp text.cpp
            text_safety.cpp udp.cpp USES model codes)
rdpdx_layer(analysis FOLDER src/analysis SOURCES analyze.cpp examples.cpp field_names.cpp read.cpp read_logs.cpp recognise.cpp wanted.cpp
            USES model catalogue observe correlate rules diagnose bytes capture net stream tls events evtx)

# The program. Rule files go into it, so that one file is all there is to copy.
file(GLOB_RECURSE rule_files RELATIVE ${PROJECT_SOURCE_DIR}/rules CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/rules/*.yaml)
list(SORT rule_files)
list(TRANSFORM rule_files PREPEND ${PROJECT_SOURCE_DIR}/rules/ OUTPUT_VARIABLE rule_paths)
add_custom_command(
  OUTPUT ${PROJECT_BINARY_DIR}/shipped_rules.cpp
  COMMAND ${CMAKE_COMMAND} -D OUT=${PROJECT_BINARY_DIR}/shipped_rules.cpp -D ROOT=${PROJECT_SOURCE_DIR}/rules
          -D "FILES=${rule_files}" -P ${PROJECT_SOURCE_DIR}/cmake/embed_rules.cmake
  DEPENDS ${rule_paths} ${PROJECT_SOURCE_DIR}/cmake/embed_rules.cmake
  VERBATIM)
rdpdx_layer(app FOLDER src/app SOURCES analyze_command.cpp console.cpp event_filter.cpp event_text.cpp event_xml.cpp
            events_command.cpp evtx_choice.cpp evtx_dump.cpp evtx_line.cpp explain_command.cpp explain_event.cpp files.cpp
            knowledge.cpp options.cpp read_inputs.cpp rules_command.cpp secrets.cpp xml_elements.cpp xml_system.cpp
            USES model codes yaml catalogue rules report analysis bytes tls events evtx
            NEEDS Boost::program_options OpenSSL::Crypto Threads::Threads)
target_compile_definitions(rdpdx_app PUBLIC RDPDX_VERSION="${PROJECT_VERSION}")
target_sources(rdpdx_app PRIVATE ${PROJECT_BINARY_DIR}/shipped_rules.cpp)
add_executable(rdpdx src/app/main.cpp)
target_link_libraries(rdpdx PRIVATE rdpdx::app rdpdx_flags fmt::fmt)
set_target_properties(rdpdx PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
