pragma solidity ^0.8.0;

contract Vault {
    mapping(address => uint256) private balances;

    function withdraw(uint256 amount, address payable target) public returns (bool) {
        if (balances[msg.sender] < amount || amount == 0) {
            return false;
        }
        for (uint256 i = 0; i < 3; i++) {
            balances[msg.sender] -= amount / 3;
        }
        target.transfer(amount);
        return true;
    }
}
