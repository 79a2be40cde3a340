// Ways to hold a value in few bytes: one that many hold at once, and one that is seldom there.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace rdpdx::model {

// Copies share one value until one of them edits its own. Empty, it holds a T{} and takes no memory.
template <class T>
class Shared {
public:
    Shared() noexcept = default;
    explicit Shared(T value) : block_{new Block{std::move(value)}} {}
    Shared(const Shared& other) noexcept : block_{other.block_} {
        if (block_) block_->holders.fetch_add(1, std::memory_order_relaxed);
    }
    Shared(Shared&& other) noexcept : block_{std::exchange(other.block_, nullptr)} {}
    Shared& operator=(Shared other) noexcept {
        std::swap(block_, other.block_);
        return *this;
    }
    ~Shared() {
        if (block_ && block_->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) delete block_;
    }

    const T& get() const noexcept {
        static const T none{};
        return block_ ? block_->value : none;
    }
    bool empty() const noexcept { return !block_; }
    // This holder's own value from now on.
    T& edit() {
        if (!block_) {
            block_ = new Block{};
        } else if (block_->holders.load(std::memory_order_acquire) > 1) {
            *this = Shared{block_->value};
        }
        return block_->value;
    }
    // One value, not two that are equal.
    bool shares(const Shared& other) const noexcept { return block_ == other.block_; }

private:
    struct Block {
        T value{};
        std::atomic<std::uint32_t> holders{1};
    };
    Block* block_ = nullptr;
};

// Like std::optional, but takes a pointer's room while there is nothing. Copies are whole copies.
template <class T>
class Boxed {
public:
    Boxed() noexcept = default;
    Boxed(T value) : value_{std::make_unique<T>(std::move(value))} {}
    Boxed(const Boxed& other) : value_{other.value_ ? std::make_unique<T>(*other.value_) : nullptr} {}
    Boxed(Boxed&&) noexcept = default;
    Boxed& operator=(Boxed other) noexcept {
        value_ = std::move(other.value_);
        return *this;
    }

    bool has_value() const noexcept { return value_ != nullptr; }
    explicit operator bool() const noexcept { return has_value(); }
    T& operator*() noexcept { return *value_; }
    const T& operator*() const noexcept { return *value_; }
    T* operator->() noexcept { return value_.get(); }
    const T* operator->() const noexcept { return value_.get(); }
    T& emplace() { return *(value_ = std::make_unique<T>()); }
    void reset() noexcept { value_.reset(); }

private:
    std::unique_ptr<T> value_;
};

}  // namespace rdpdx::model
