// Without keys: what sizes, order and closes of encrypted records tell of how far a connection came. docs/inference.md
// describes each rule and says how often it is right.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/model/attempt.hpp"

namespace rdpdx::diagnose {

struct Inference {
    std::string_view rule;                   // a row of docs/inference.md
    model::Stage stage{};                    // the stage that did not pass; of those that fit the best founded
    std::vector<model::Stage> alternatives;  // others that fit as well, in order
    std::string text;                        // a sentence for people
    model::Time time{};
    model::Evidence evidence;  // the record that the rule stands on last, or the close
};

// Nothing where TLS was opened, where records are missing, where the suite's overhead is not known, and where the
// sequence leaves the one that [MS-RDPBCGR] 1.3.1.1 describes.
std::optional<Inference> infer(const model::Wire& wire);

}  // namespace rdpdx::diagnose
