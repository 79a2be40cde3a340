// Inside of report: how to find a piece of evidence again, with the tool that reads such a file.
#pragma once

#include <string>

#include "src/report/evidence.hpp"

namespace rdpdx::report {

struct Lookup {
    std::string tool;  // "Wireshark filter", "wevtutil query"
    std::string text;  // to be copied
};

// Names from evidence go into a command only where they are harmless in one; else a word in capitals stands for them.
Lookup lookup(const model::Report& report, const EvidenceIndex::Item& item);

// A Wireshark filter for the whole connection; empty where its addresses are not known.
std::string connection_filter(const model::Attempt& attempt);

}  // namespace rdpdx::report
