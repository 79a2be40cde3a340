#include "src/app/batch/sides.hpp"

#include <algorithm>
#include <array>

namespace rdpdx::app {
namespace {

constexpr std::array<std::string_view, 5> kClient{"client", "workstation", "laptop", "pc", "notebook"};
constexpr std::array<std::string_view, 6> kServer{"server", "srv", "host", "rdsh", "sessionhost", "target"};
constexpr std::array<std::string_view, 11> kEndings{"zip", "7z",  "cab", "tar", "gz", "bz2",
                                                    "xz",  "zst", "tgz", "txz", "tbz"};

bool one_of(const auto& words, std::string_view word) { return std::ranges::find(words, word) != words.end(); }

}  // namespace

Side side_of(std::string_view name) {
    Side out;
    bool both = false;
    std::string word;
    const auto end_word = [&] {
        const auto role = one_of(kClient, word)   ? Side::Role::client
                          : one_of(kServer, word) ? Side::Role::server
                                                  : Side::Role::none;
        both = both || (role != Side::Role::none && out.role != Side::Role::none && role != out.role);
        if (role != Side::Role::none)
            out.role = role;
        else if (!word.empty() && !one_of(kEndings, word))
            out.ticket += (out.ticket.empty() ? "" : "-") + word;
        word.clear();
    };
    for (const char c : name) {
        const bool capital = c >= 'A' && c <= 'Z';
        const bool ascii = capital || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!ascii && static_cast<unsigned char>(c) < 0x80)
            end_word();
        else
            word += capital ? static_cast<char>(c - 'A' + 'a') : c;
    }
    end_word();
    if (both) out.role = Side::Role::none;
    out.has_number = out.ticket.find_first_of("0123456789") != std::string::npos;
    return out;
}

}  // namespace rdpdx::app
