// Sentences for people. Thousands of attempts say the same, so each sentence is kept once, wherever it was copied from
// another holder.
#pragma once

#include <fmt/core.h>

#include <concepts>
#include <ostream>
#include <string>
#include <string_view>

#include "src/model/shared.hpp"

namespace rdpdx::model {

class Said {
public:
    Said() noexcept = default;
    Said(std::string text) : text_{text.empty() ? Shared<std::string>{} : Shared<std::string>{std::move(text)}} {}
    Said(std::string_view text) : Said{std::string{text}} {}
    Said(const char* text) : Said{std::string{text}} {}

    const std::string& str() const noexcept { return text_.get(); }
    operator std::string_view() const noexcept { return str(); }
    bool empty() const noexcept { return str().empty(); }
    std::size_t size() const noexcept { return str().size(); }
    std::size_t find(std::string_view text) const noexcept { return str().find(text); }
    Said& operator+=(std::string_view more) {
        text_.edit() += more;
        return *this;
    }
    bool shares(const Said& other) const noexcept { return text_.shares(other.text_); }
    friend bool operator==(const Said& a, const Said& b) noexcept { return a.shares(b) || a.str() == b.str(); }
    template <class Text>
    requires std::convertible_to<const Text&, std::string_view> &&(!std::same_as<Text, Said>)friend bool operator==(
        const Said& a, const Text& b) noexcept {
        return a.str() == std::string_view{b};
    }
    friend std::ostream& operator<<(std::ostream& out, const Said& said) { return out << said.str(); }
    friend std::string operator+(const Said& a, std::string_view b) { return a.str() + std::string{b}; }
    friend std::string operator+(std::string_view a, const Said& b) { return std::string{a} + b.str(); }

private:
    Shared<std::string> text_;
};

}  // namespace rdpdx::model

template <>
struct fmt::formatter<rdpdx::model::Said> : fmt::formatter<std::string_view> {
    template <class Context>
    auto format(const rdpdx::model::Said& said, Context& context) const {
        return fmt::formatter<std::string_view>::format(said.str(), context);
    }
};
