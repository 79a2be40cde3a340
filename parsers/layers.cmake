# Bytes -> facts. Lowest first; a layer may use only what stands above it here, and one protocol never another's.
rdpdx_layer(bytes FOLDER parsers/bytes SOURCES cursor.cpp source.cpp text.cpp)
