import socket

from kit import say

say("yes", "`import socket`")
