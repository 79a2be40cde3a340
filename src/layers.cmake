# Facts -> verdict. Lowest first; `model` knows nothing of ours, and nothing from `correlate` to `report` knows a parser.
rdpdx_layer(model FOLDER src/model SOURCES time.cpp words.cpp)
