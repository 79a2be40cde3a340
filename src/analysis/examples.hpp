// The catalogue's entries, each tried on its own example.
#pragma once

#include <vector>

#include "src/catalogue/catalogue.hpp"

namespace rdpdx::analysis {

struct Tried {
    std::size_t passed{};
    std::vector<yaml::Problem> failed;  // one an entry, at its place
};
// An example passes if it is one whole event of the entry's provider and id, if this very entry is what the catalogue
// finds for it, and if the event has every role and field that the entry speaks of. An entry that an entry of a later
// file replaces is tried as if it stood alone.
Tried try_examples(const catalogue::EventCatalogue& catalogue);

}  // namespace rdpdx::analysis
