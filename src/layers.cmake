# Facts -> verdict. Lowest first; `model` knows nothing of ours, and nothing from `correlate` to `report` knows a parser.
rdpdx_layer(model FOLDER src/model SOURCES time.cpp words.cpp)
rdpdx_layer(yaml FOLDER src/yaml SOURCES load.cpp node.cpp NEEDS yaml-cpp)
