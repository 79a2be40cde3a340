// Inside of observe: what many connections of one capture say alike is kept once.
#pragma once

#include <unordered_set>

#include "src/model/observation.hpp"
#include "src/observe/certificates.hpp"

namespace rdpdx::observe {

// So many sentences, and so many lists of fields, are remembered. Then it begins anew.
inline constexpr std::size_t kSharedKept = 4096;

class Sharing {
public:
    // Its sentence and its fields become those of an earlier observation where they are the same.
    void share(model::Observation& observation);

private:
    struct Hash {
        std::size_t operator()(const model::Said& said) const noexcept;
        std::size_t operator()(const model::Fields& fields) const noexcept;
    };
    std::unordered_set<model::Said, Hash> texts_;
    std::unordered_set<model::Fields, Hash> fields_;
};

// What the connections of one capture have in common.
struct Common {
    Certificates certificates;
    Sharing sharing;
};

}  // namespace rdpdx::observe
