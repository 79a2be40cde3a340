// Key logs among the inputs, told by their bytes: what they hold opens the captures beside them.
#pragma once

#include <vector>

#include "parsers/tls/decryption.hpp"
#include "src/analysis/analysis.hpp"
#include "src/app/files.hpp"

namespace rdpdx::app {

// `secrets` gets those of every key log among the files. Files that cannot be opened are passed over here. Returns how
// many of them are captures, or may be: a pipe is not looked into.
std::size_t take_key_logs(const std::vector<FoundFile>& files, tls::Secrets& secrets);

// What the report says of a key log; reads all of it.
analysis::Reading read_key_log(bytes::Source& source);

}  // namespace rdpdx::app
