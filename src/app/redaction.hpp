// Pseudonyms on the command line: --redact, --redact-key, --redact-map.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/app/options.hpp"
#include "src/model/attempt.hpp"
#include "src/redact/redactor.hpp"

namespace rdpdx::app {

// Of --redact-key. Nothing, and true, where none was given; false where it cannot be used, which was then said.
bool load_redaction_key(const Options& options, std::optional<redact::Key>& key);
// Of what the inputs' bytes gave (InputsRead::seed).
redact::Key redaction_key_of(const std::string& seed);

// Says what is wrong with the inputs, which are redacted now, and writes the map if one is asked for: who stands behind
// which pseudonym. False where it cannot be written, which was then said.
bool after_redaction(const Options& options, const redact::Redactor& redactor, const std::vector<model::Input>& inputs);

}  // namespace rdpdx::app
