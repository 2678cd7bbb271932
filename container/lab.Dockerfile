# The lab's base image with this machine's Node.js, docker and installed packages: BASE and CLI of the other file, where no
# registry is reached.
FROM localhost/lab/base:bookworm
COPY node docker /usr/local/bin/
COPY node_modules /opt/meshproof/node_modules
