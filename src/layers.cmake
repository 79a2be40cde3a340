# Facts -> verdict. Lowest first; `model` knows nothing of ours, and nothing from `correlate` to `report` knows a parser.
rdpdx_layer(model FOLDER src/model SOURCES time.cpp words.cpp)
rdpdx_layer(yaml FOLDER src/yaml SOURCES load.cpp node.cpp NEEDS yaml-cpp)
rdpdx_layer(catalogue FOLDER src/catalogue SOURCES load.cpp match.cpp roles.cpp sentence.cpp USES model yaml)
rdpdx_layer(correlate FOLDER src/correlate SOURCES correlate.cpp USES model)
rdpdx_layer(rules FOLDER src/rules SOURCES evaluate.cpp load.cpp USES model yaml)
rdpdx_layer(diagnose FOLDER src/diagnose SOURCES assess.cpp diagnose.cpp ending.cpp missing.cpp USES model rules)
