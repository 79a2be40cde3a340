// Texts about a machine -> the attempts whose client or server it is.
#pragma once

#include <vector>

#include "src/model/attempt.hpp"
#include "src/model/machine_texts.hpp"

namespace rdpdx::correlate {

// How a text's machine was found, the surest first: "named" by the text itself or by its path, by another text in its
// "folder", or it is taken for the "only-server" of the case.
// Adds a track to attempts that did not succeed, the latest ones if they are many. What cannot be told whose it is goes
// nowhere, and the input has a note.
void place_texts(std::vector<model::Attempt>& attempts, const std::vector<model::MachineTexts>& texts,
                 std::vector<model::Input>& inputs);

}  // namespace rdpdx::correlate
