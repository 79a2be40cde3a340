# Bytes -> facts. Lowest first; a layer may use only what stands above it here, and one protocol never another's.
rdpdx_layer(bytes FOLDER parsers/bytes SOURCES cursor.cpp der.cpp source.cpp text.cpp)
rdpdx_layer(x224 FOLDER parsers/x224 SOURCES connection_confirm.cpp connection_request.cpp iso_parameters.cpp
            preconnection.cpp recognise.cpp tpkt.cpp USES bytes)
rdpdx_layer(tls FOLDER parsers/tls SOURCES certificate.cpp cipher_parameters.cpp cipher_suites.cpp connection_reader.cpp decryption.cpp
            dtls_messages.cpp dtls_reader.cpp dtls_records.cpp hello.cpp key_log.cpp key_schedule.cpp names.cpp opening.cpp
            record_cipher.cpp record_decryptor.cpp records.cpp rsa_key.cpp secret.cpp stream_items.cpp stream_reader.cpp
            USES bytes NEEDS OpenSSL::Crypto)
rdpdx_layer(dns FOLDER parsers/dns SOURCES message.cpp USES bytes)
rdpdx_layer(capture FOLDER parsers/capture SOURCES filter.cpp libpcap_file.cpp libpcap_reader.cpp notices.cpp pcap_reader.cpp
  pcapng_blocks.cpp pcapng_reader.cpp pcapng_time.cpp reader.cpp window.cpp USES bytes NEEDS PkgConfig::PCAP)
rdpdx_layer(net FOLDER parsers/net SOURCES address.cpp decode.cpp fragments.cpp glance.cpp icmp.cpp ip.cpp link.cpp neighbour.cpp transport.cpp
  tunnels.cpp USES bytes capture)
rdpdx_layer(stream FOLDER parsers/stream SOURCES connection.cpp half_stream.cpp index.cpp memory.cpp table.cpp USES bytes net)
rdpdx_layer(events FOLDER parsers/events SOURCES cutter.cpp element.cpp event.cpp json.cpp json_cutter.cpp json_dump.cpp
  json_record.cpp json_value.cpp plain_event.cpp system_values.cpp window.cpp xml.cpp USES bytes NEEDS pugixml::pugixml nlohmann_json::nlohmann_json)
rdpdx_layer(evtx FOLDER parsers/evtx SOURCES bare_event.cpp binxml.cpp checksum.cpp chunk.cpp filter.cpp head_run.cpp instance.cpp log.cpp materialize.cpp
  plan_event.cpp plan_fields.cpp plan_xml.cpp reader.cpp render.cpp render_head.cpp shapes.cpp templates.cpp utf16.cpp values.cpp write_values.cpp
  USES bytes events NEEDS PkgConfig::DEFLATE)
rdpdx_layer(mcs FOLDER parsers/mcs SOURCES gcc.cpp gcc_blocks.cpp mcs.cpp USES bytes)
rdpdx_layer(rdp FOLDER parsers/rdp SOURCES capabilities.cpp client_info.cpp licensing.cpp message_channel.cpp names.cpp redirection.cpp
  session_info.cpp share.cpp USES bytes)
rdpdx_layer(credssp FOLDER parsers/credssp SOURCES kdc.cpp kerberos.cpp kerberos_fields.cpp ntlm.cpp rds_aad.cpp rdstls.cpp token.cpp
            ts_request.cpp USES bytes)
rdpdx_layer(handshake FOLDER parsers/handshake SOURCES channel.cpp handshake.cpp plain.cpp recognise.cpp USES bytes stream x224 mcs tls
  credssp rdp)
rdpdx_layer(gateway FOLDER parsers/gateway SOURCES http.cpp http2.cpp kdc_proxy.cpp packets.cpp reader.cpp websocket.cpp
  USES bytes stream tls credssp)
rdpdx_layer(rdpeudp FOLDER parsers/rdpeudp SOURCES datagram.cpp delivery.cpp packet.cpp reader.cpp security.cpp tunnel.cpp
  USES bytes stream tls)
