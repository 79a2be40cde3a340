// Inside of redact: one text, gone through once from left to right.
#pragma once

#include <string>
#include <string_view>

#include "src/redact/redactor.hpp"

namespace rdpdx::redact {

class TextPass {
public:
    // Both must outlive the pass.
    TextPass(Redactor& redactor, std::string_view text);
    std::string run();

private:
    // Each looks at what begins here; where it is theirs they write what it becomes and go on behind it.
    bool literal();
    bool cookie();
    bool in_path();
    bool account();
    bool dotted();
    bool known();
    bool base64();

    std::string_view rest() const noexcept { return std::string_view{text_}.substr(at_); }
    std::string_view before() const noexcept { return std::string_view{folded_}.substr(0, at_); }
    char last() const noexcept { return at_ > 0 ? text_[at_ - 1] : '\0'; }
    void put(std::string_view what, std::size_t length);
    bool looks_like_account(std::string_view domain, std::string_view user) const;

    Redactor& redactor_;
    std::string_view given_;
    std::string text_;  // the same with blanks between words, whatever stood there
    std::string folded_;
    std::string out_;
    std::size_t at_{};
};

}  // namespace rdpdx::redact
