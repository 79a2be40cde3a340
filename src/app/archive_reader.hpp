// One archive, member by member, as libarchive reads it. Bytes come from a slice and go to the caller; nothing is
// written anywhere.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/analysis/analysis.hpp"
#include "src/app/slice.hpp"

namespace rdpdx::app {

struct ArchiveMember {
    enum class What : std::uint8_t { file, folder, link, other };
    std::string name;  // UTF-8, as the archive has it; empty for a compressed file, which names none
    What what{};
    bool encrypted{};
};

class ArchiveReader {
public:
    // False ends the reading, wherever it is.
    using GoOn = std::function<bool()>;
    ArchiveReader(Slice bytes, analysis::Archive kind, GoOn go_on, const std::vector<std::string>& passwords = {});
    ~ArchiveReader();
    // The next member, or nothing at the end of the archive or of what can be read of it: see problem().
    std::optional<ArchiveMember> next();
    // The member's next bytes, valid until the next call; nothing at its end, or where it breaks off. A hole in a
    // sparse member comes as zeros.
    std::optional<bytes::View> read();
    // What went wrong since the last call, in libarchive's words; empty where nothing did.
    std::string problem();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace rdpdx::app
