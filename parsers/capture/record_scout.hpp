// Inside parsers/capture only: for the records of a classic capture that lies in memory but not yet in the cache.
#pragma once

#include "parsers/capture/pcap_header.hpp"

namespace rdpdx::capture {

// Asks for the beginnings of the records in `bytes`, of which the first stands at its front. Where a record begins is
// known only from the one before, so whoever goes from one to the next waits for memory each time. Here several places
// are gone on from at once, of which all but the first are guessed: a wrong guess costs time and nothing else.
void scout_records(bytes::View bytes, const RecordShape& shape) noexcept;

}  // namespace rdpdx::capture
