// Inside of redact: names that stand in a text in another shape.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rdpdx::redact {

// What looks like base64 at the beginning of a text, with its padding; empty where a word is just a word. `before` is
// the character before the text: base64 does not begin in its middle.
std::string_view base64_at(std::string_view text, char before);
// What it says, as text; it may have begun anywhere in what was encoded, and be UTF-16.
std::vector<std::string> decoded_base64(std::string_view text);

// Parts of a text without blanks that have bytes as "%41" in them, and what they say.
struct UrlPart {
    std::size_t begin{}, length{};
    std::string clear;
};
std::vector<UrlPart> url_encoded(std::string_view text);
std::string url_encode(std::string_view text);

}  // namespace rdpdx::redact
