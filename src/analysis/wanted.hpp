// Which events a reader need not leave undecoded: those whose provider and id the catalogue knows.
#pragma once

#include "parsers/evtx/filter.hpp"
#include "src/catalogue/catalogue.hpp"

namespace rdpdx::analysis {

// Providers by the catalogue's names, with and without "Microsoft-Windows-". A provider that only its GUID would tell
// is not among them: in a binary log the name always stands beside it. Without `noise`, ids that are nothing but noise
// are left out.
std::vector<evtx::Wanted::Provider> wanted_providers(const catalogue::EventCatalogue& catalogue, bool noise);

}  // namespace rdpdx::analysis
