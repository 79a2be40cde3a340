// Everything that was given -> readings, several at a time, in the order given.
#pragma once

#include <vector>

#include "src/analysis/analysis.hpp"
#include "src/app/files.hpp"
#include "src/app/options.hpp"
#include "src/app/secrets.hpp"

namespace rdpdx::app {

struct InputsRead {
    std::vector<analysis::Reading> readings;
    std::vector<FoundFile> files;  // of the first readings, as many as there are
    std::size_t usable{};          // inputs that were recognised
    bool trouble{};                // something was damaged, skipped or could not be opened
    // Of all inputs together, where pseudonyms are asked for without a key: the same for the same bytes, and not to be
    // computed of what reports show.
    std::string seed;
};

// Says on standard error what is wrong with which input, unless that is to be redacted first (see tell_inputs). Every
// one is in the readings, also those that could not be read.
InputsRead read_inputs(const Options& options, analysis::Knowledge& knowledge, const GivenSecrets& given);

// On standard error, as far as they are wanted: what is wrong with which.
void tell_inputs(const Options& options, const std::vector<const model::Input*>& inputs);

}  // namespace rdpdx::app
