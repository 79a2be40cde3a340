// What stands in a file at a piece of evidence, for whoever wants to see it with his own eyes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "src/model/observation.hpp"

namespace rdpdx::analysis {

// Up to `n` bytes of the file from `offset` on; fewer at its end.
using ReadAt = std::function<std::vector<std::byte>(std::uint64_t offset, std::size_t n)>;

// A packet's first bytes in hex, beside what is printable; an event as XML with an element a line, or as its file has
// it; a line. Cut to a length fit for a page, which is then said. Empty where nothing of the kind stands there. Of what
// TCP and UDP carry only that is shown which keeps no secret: X.224 negotiation, the TLS handshake and alerts, RDP-UDP,
// time, names that were looked up; of anything else the headers.
std::string raw_evidence(const model::Observation& seen, const ReadAt& read);

}  // namespace rdpdx::analysis
