// How a machine was when somebody collected texts about it: what one input tells. The texts tell no time of their own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/model/observation.hpp"

namespace rdpdx::model {

struct MachineTexts {
    struct Certificate {     // of a store's listing
        std::size_t seen{};  // which of `seen` it is
        std::string sha1, key;
        // The last moment at which it can have been valid still, whatever the order of day and month, and the zone.
        std::optional<Time> valid_until;
    };
    std::uint32_t input{};
    std::vector<std::string> names, addresses;  // that the texts give the machine itself
    // Without `of` and `tie`, which come first, and without a time: both depend on the attempt.
    std::vector<Observation> seen;
    std::vector<Certificate> certificates;
    std::vector<std::string> stores;       // listed to their end, lower case
    std::optional<Evidence> sockets_end;   // all listening sockets are in `seen`; the last line
    std::optional<Evidence> sessions_end;  // all listeners are
};

}  // namespace rdpdx::model
