# Bytes -> facts. Lowest first; a layer may use only what stands above it here, and one protocol never another's.
rdpdx_layer(bytes FOLDER parsers/bytes SOURCES cursor.cpp source.cpp text.cpp)
rdpdx_layer(capture FOLDER parsers/capture SOURCES filter.cpp libpcap_file.cpp notices.cpp pcap_reader.cpp
  pcapng_blocks.cpp pcapng_reader.cpp pcapng_time.cpp reader.cpp window.cpp USES bytes NEEDS PkgConfig::PCAP)
rdpdx_layer(net FOLDER parsers/net SOURCES address.cpp decode.cpp fragments.cpp icmp.cpp ip.cpp link.cpp transport.cpp
  tunnels.cpp USES bytes capture)
rdpdx_layer(events FOLDER parsers/events SOURCES cutter.cpp element.cpp event.cpp window.cpp xml.cpp USES bytes NEEDS pugixml::pugixml)
rdpdx_layer(mcs FOLDER parsers/mcs SOURCES mcs.cpp USES bytes)
