"""A made-up city to try the program with: 云澜市, its districts, and ninety days of messages.

Every message is composed from sentences written for this purpose and a fixed seed; its callers are
marked 演示. It shows quiet weeks, a burst (foul tap water in one county) and a slow rise.
"""
