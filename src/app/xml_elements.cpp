#include "src/app/xml_elements.hpp"

#include <algorithm>

#include "parsers/evtx/utf16.hpp"

namespace rdpdx::app::xml {
namespace {

std::vector<std::string> steps_of(std::string_view path) {
    std::vector<std::string> out;
    while (true) {
        const auto slash = path.find('/');
        out.push_back(safe_name(path.substr(0, slash)));
        if (slash == std::string_view::npos) return out;
        path.remove_prefix(slash + 1);
    }
}

}  // namespace

void escaped(evtx::TextBuffer& out, std::string_view value) {
    char* const room = out.room(value.size() * evtx::kBytesPerUnit + evtx::kOverrun);
    out.advance(evtx::write_utf8<evtx::Dress::xml>(room, value));
}

std::string safe_name(std::string_view name) {
    std::string out{name};
    for (char& c : out)
        if (static_cast<unsigned char>(c) <= ' ' || c == 0x7F ||
            std::string_view{"<>&\"'=/!?#@[](){}*+,;:$%^|\\~`"}.find(c) != std::string_view::npos)
            c = '_';
    return out.empty() || out[0] == '-' || out[0] == '.' || (out[0] >= '0' && out[0] <= '9') ? "_" + out : out;
}

void attribute(evtx::TextBuffer& out, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out.add(' ');
    out.add(name);
    out.add("=\"");
    escaped(out, value);
    out.add('"');
}

void element(evtx::TextBuffer& out, std::string_view name, std::string_view value) {
    out.add('<');
    out.add(name);
    out.add('>');
    escaped(out, value);
    out.add("</");
    out.add(name);
    out.add('>');
}

void Elements::add(const events::Field& field) {
    std::string_view path = field.name;
    const auto at = path.rfind('@');
    const bool is_attribute = at != std::string_view::npos && path.find('/', at) == std::string_view::npos;
    const std::string name = is_attribute ? safe_name(path.substr(at + 1)) : std::string{};
    enter(steps_of(is_attribute ? path.substr(0, at) : path), name);
    if (is_attribute) {
        open_.back().attributes.insert(name);
        out_.add(' ');
        out_.add(name);
        out_.add("=\"");
        escaped(out_, field.value);
        out_.add('"');
    } else {
        close_tag();
        escaped(out_, field.value);
    }
}

// The innermost element of `steps` is open afterwards, with its start tag still open for attributes. It is a new one
// unless only attributes were written of the one that is open, and not this one.
void Elements::enter(const std::vector<std::string>& steps, const std::string& attribute_name) {
    std::size_t same = 0;
    while (same < std::min(steps.size(), open_.size()) && open_[same].name == steps[same]) ++same;
    const bool again = same == steps.size() && same == open_.size() && in_tag_ &&
                       (attribute_name.empty() || !open_.back().attributes.count(attribute_name));
    if (again) return;
    same = std::min(same, steps.size() - 1);
    leave(same);
    for (; same < steps.size(); ++same) {
        close_tag();
        out_.add('<');
        out_.add(steps[same]);
        if (same == 0) attribute(out_, "xmlns", xmlns_);
        open_.push_back({steps[same], {}});
        in_tag_ = true;
    }
}

void Elements::leave(std::size_t depth) {
    while (open_.size() > depth) {
        close_tag();
        out_.add("</");
        out_.add(open_.back().name);
        out_.add('>');
        open_.pop_back();
    }
}

void Elements::close_tag() {
    if (in_tag_) out_.add('>');
    in_tag_ = false;
}

}  // namespace rdpdx::app::xml
