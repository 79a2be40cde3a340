// Which bytes of a chunk a record is made of: a walk over BinXML that shares no code with the parser, so that the
// parser can be held against it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "parsers/evtx/little.hpp"

namespace rdpdx::test {

struct Extent {
    std::size_t begin{}, end{};
};

// The record itself, the definitions of its templates and the names in them, wherever they lie. Where the walk cannot
// follow, the whole chunk: nothing can be said about such a record then.
class Extents {
public:
    explicit Extents(bytes::View chunk) : chunk_{chunk} {}

    std::vector<Extent> of_record(std::size_t at, std::size_t size) {
        out_ = {{at, at + size}};
        definitions_.clear();
        if (!fragment(at + 24, at + size - 4, 0)) out_ = {{0, chunk_.size()}};
        return out_;
    }

private:
    std::size_t number(std::size_t at, unsigned width) const {
        switch (width) {
            case 1:
                return evtx::u8_at(chunk_, at);
            case 2:
                return evtx::u16_at(chunk_, at);
            default:
                return evtx::u32_at(chunk_, at);
        }
    }

    // Elements have a dependency id or not, and nothing says so: whichever way comes to a good end.
    bool fragment(std::size_t at, std::size_t end, unsigned depth) {
        if (depth > 20) return false;
        const auto before = out_;
        if (walk(at, end, true, depth)) return true;
        out_ = before;
        return walk(at, end, false, depth);
    }

    bool walk(std::size_t at, std::size_t end, bool dependency, unsigned depth) {
        if (end > chunk_.size()) return false;
        int open = 0;
        while (at < end) {
            const auto token = number(at++, 1) & ~std::size_t{0x40};
            const bool more = (number(at - 1, 1) & 0x40) != 0;
            switch (token) {
                case 0x00:
                    return open == 0;
                case 0x01:
                    at += dependency ? 6 : 4;
                    if (!name(at, end)) return false;
                    if (more) at += 4;
                    ++open;
                    break;
                case 0x02:
                    break;
                case 0x03:
                case 0x04:
                    if (--open < 0) return false;
                    break;
                case 0x05:
                    if (number(at, 1) != 1) return false;  // texts are all that Windows writes
                    at += 3 + 2 * number(at + 1, 2);
                    break;
                case 0x06:
                    if (!name(at, end)) return false;
                    break;
                case 0x07:
                case 0x0B:
                    at += 2 + 2 * number(at, 2);
                    break;
                case 0x08:
                    at += 2;
                    break;
                case 0x09:
                case 0x0A:
                    if (!name(at, end)) return false;
                    break;
                case 0x0C:
                    if (!instance(at, end, depth)) return false;
                    break;
                case 0x0D:
                case 0x0E:
                    at += 3;
                    break;
                case 0x0F:
                    at += 3;
                    break;
                default:
                    return false;
            }
        }
        return at == end && open == 0;
    }

    bool name(std::size_t& at, std::size_t end) {
        if (at + 4 > end) return false;
        const std::size_t where = number(at, 4);
        at += 4;
        const std::size_t size = 8 + 2 * number(where + 6, 2) + 2;
        if (where == 0 || where + size > chunk_.size()) return false;
        out_.push_back({where, where + size});
        if (where == at) at += size;
        return true;
    }

    bool instance(std::size_t& at, std::size_t end, unsigned depth) {
        if (at + 9 > end) return false;
        const std::size_t definition = number(at + 5, 4);
        at += 9;
        const std::size_t size = number(definition + 20, 4);
        if (definition + 24 + size > chunk_.size()) return false;
        out_.push_back({definition, definition + 24 + size});
        if (definitions_.insert(definition).second && !fragment(definition + 24, definition + 24 + size, depth + 1))
            return false;
        if (definition == at) at += 24 + size;
        const std::size_t count = number(at, 4), table = at + 4;
        if (at + 4 > end || count > (end - table) / 4) return false;
        at = table + 4 * count;
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t bytes = number(table + 4 * i, 2), type = number(table + 4 * i + 2, 1);
            if (at + bytes > end) return false;
            if (type == 0x21 && bytes > 0 && !fragment(at, at + bytes, depth + 1)) return false;
            at += bytes;
        }
        return true;
    }

    bytes::View chunk_;
    std::vector<Extent> out_;
    std::set<std::size_t> definitions_;
};

}  // namespace rdpdx::test
