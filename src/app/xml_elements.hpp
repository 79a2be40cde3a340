// XML written element by element, from names and values that come from the evidence.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/events/event.hpp"
#include "parsers/evtx/text_buffer.hpp"

namespace rdpdx::app::xml {

void escaped(evtx::TextBuffer& out, std::string_view value);
// Names may be anything; what they are made into is always a name.
std::string safe_name(std::string_view name);
// ` name="value"`; nothing where the value is empty.
void attribute(evtx::TextBuffer& out, std::string_view name, std::string_view value);
void element(evtx::TextBuffer& out, std::string_view name, std::string_view value);

// Elements from paths: "EventXML/Param1" is Param1 in EventXML, "Certificate@subjectName" an attribute. Neighbours
// stand in the same element as far as their paths are the same.
class Elements {
public:
    // `xmlns` is the namespace of the outermost elements; none is declared if it is empty. It must outlive this.
    explicit Elements(evtx::TextBuffer& out, std::string_view xmlns = {}) : out_{out}, xmlns_{xmlns} {}
    void add(const events::Field& field);
    void finish() { leave(0); }

private:
    struct Open {
        std::string name;
        std::set<std::string> attributes;
    };
    void enter(const std::vector<std::string>& steps, const std::string& attribute_name);
    void leave(std::size_t depth);
    void close_tag();

    evtx::TextBuffer& out_;
    std::string_view xmlns_;
    std::vector<Open> open_;
    bool in_tag_ = false;
};

// What of System is not in the event's own members belongs to elements that are written anyway, or is written as it is.
void add_system(evtx::TextBuffer& out, const events::Event& event);

}  // namespace rdpdx::app::xml
