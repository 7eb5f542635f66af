module application {

	requires io.streams;

}
