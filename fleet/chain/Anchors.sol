// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// What a fleet's ledger was at some size, where nobody can take it back: whoever rewrites the ledger contradicts it.
contract Anchors {
    address public immutable owner = msg.sender;
    uint64 private size;
    bytes32 private root;

    event Anchored(uint64 indexed size, bytes32 root);

    error NotOwner();
    error SizeNotGrown(uint64 latest);

    /// The log of `newSize` entries has this root. Sizes only grow.
    function anchor(uint64 newSize, bytes32 newRoot) external {
        if (msg.sender != owner) revert NotOwner();
        if (newSize <= size) revert SizeNotGrown(size);
        size = newSize;
        root = newRoot;
        emit Anchored(newSize, newRoot);
    }

    /// All zeros before the first.
    function latest() external view returns (uint64, bytes32) {
        return (size, root);
    }
}
