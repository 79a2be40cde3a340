// One visitor out of several lambdas, for std::visit.
#pragma once

namespace rdpdx::bytes {

template <class... F>
struct Overload : F... {
    using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

}  // namespace rdpdx::bytes
