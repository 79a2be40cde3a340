// Everything that was given -> readings, several at a time, in the order given.
#pragma once

#include <vector>

#include "src/analysis/analysis.hpp"
#include "src/app/options.hpp"

namespace rdpdx::app {

struct InputsRead {
    std::vector<analysis::Reading> readings;
    std::size_t usable{};   // inputs that were recognised
    bool trouble{};         // something was damaged, skipped or could not be opened
};

// Says on standard error what is wrong with which input; every one is in the readings, also those that could not be read.
InputsRead read_inputs(const Options& options, analysis::Knowledge& knowledge, const tls::Secrets& secrets);

}  // namespace rdpdx::app
